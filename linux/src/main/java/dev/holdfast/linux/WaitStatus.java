package dev.holdfast.linux;

import java.util.Optional;

/// A status as `wait(2)` gives it.
///
/// @param raw the kernel's encoding
public record WaitStatus(int raw) {
  /// The exit code, 0 to 255, of a process that ended by itself.
  public Optional<Integer> exitCode() {
    return (raw & 0x7f) == 0 ? Optional.of((raw >> 8) & 0xff) : Optional.empty();
  }

  /// The signal that ended the process.
  public Optional<Signal> signal() {
    int number = raw & 0x7f;
    return number == 0 || number == 0x7f ? Optional.empty() : Optional.of(new Signal(number));
  }

  public boolean dumpedCore() {
    return signal().isPresent() && (raw & 0x80) != 0;
  }
}

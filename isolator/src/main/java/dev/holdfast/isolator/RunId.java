package dev.holdfast.isolator;

import dev.holdfast.linux.ControlFile;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One life of an executor.
public record RunId(UUID uuid) {
  private static final Path KERNEL_UUID = Path.of("/proc/sys/kernel/random/uuid");

  /// A version 4 UUID of the kernel's making, `random(4)`: Java's own would first load its security
  /// providers, which costs a command-line start 30 ms.
  public static RunId random() {
    return parse(ControlFile.read(KERNEL_UUID).strip());
  }

  /// @throws IllegalArgumentException when `text` is not a UUID in its canonical form
  public static RunId parse(String text) {
    UUID uuid = UUID.fromString(text);
    if (!uuid.toString().equals(text)) {
      throw new IllegalArgumentException("'" + text + "' is not a UUID");
    }
    return new RunId(uuid);
  }

  // By hand: a record's own are linked at run time, which takes a start 15 ms.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RunId it && uuid.equals(it.uuid);
  }

  @Override
  public int hashCode() {
    return uuid.hashCode();
  }

  @Override
  public String toString() {
    return uuid.toString();
  }
}

package dev.holdfast.linux;

import java.lang.foreign.ValueLayout;
import java.util.Optional;

/// The terminal behind a standard descriptor: `ioctl_tty(2)`.
public final class Terminal {
  private static final int TCGETS = 0x5401;
  private static final int TIOCGWINSZ = 0x5413;
  private static final int ICANON = 2;

  // struct termios: c_iflag, c_oflag, c_cflag, c_lflag. struct winsize: rows, columns.
  private static final int LOCAL_FLAGS = 12;
  private static final int COLUMNS = 2;

  private Terminal() {}

  /// @param rows and `columns`: of characters
  public record Size(int rows, int columns) {}

  /// Whether a descriptor, 0 to 2, is a terminal.
  public static boolean isTerminal(int descriptor) {
    try (Scratch scratch = Scratch.borrow()) {
      return ioctl(scratch, descriptor, TCGETS);
    }
  }

  /// Whether it reads line by line, as it does unless a full-screen program uses it.
  public static boolean isLineByLine(int descriptor) {
    try (Scratch scratch = Scratch.borrow()) {
      return ioctl(scratch, descriptor, TCGETS)
          && (scratch.buffer().get(ValueLayout.JAVA_INT, LOCAL_FLAGS) & ICANON) != 0;
    }
  }

  /// Absent when it isn't a terminal or doesn't know.
  public static Optional<Size> size(int descriptor) {
    try (Scratch scratch = Scratch.borrow()) {
      if (!ioctl(scratch, descriptor, TIOCGWINSZ)) {
        return Optional.empty();
      }
      int rows = Short.toUnsignedInt(scratch.buffer().get(ValueLayout.JAVA_SHORT, 0));
      int columns = Short.toUnsignedInt(scratch.buffer().get(ValueLayout.JAVA_SHORT, COLUMNS));
      return rows == 0 || columns == 0 ? Optional.empty() : Optional.of(new Size(rows, columns));
    }
  }

  private static boolean ioctl(Scratch scratch, int descriptor, int request) {
    return Native.syscall(scratch, Syscalls.IOCTL, descriptor, request, scratch.address()) == 0;
  }
}

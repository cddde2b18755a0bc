package dev.holdfast.agent.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// The secret that opens everything over TCP: a file of root's with one line.
final class TokenFile {
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");
  private static final int OTHERS = 0007;
  private static final int GROUP_WRITE = 0020;

  private TokenFile() {}

  /// @throws IOException when it cannot be read, holds no token, or others could read or write it
  static String read(Path file) throws IOException {
    int owner = (Integer) Files.getAttribute(file, "unix:uid");
    int mode = (Integer) Files.getAttribute(file, "unix:mode");
    if (owner != 0) {
      throw new IOException("the token file " + file + " belongs to user " + owner + ", not root");
    }
    if ((mode & (OTHERS | GROUP_WRITE)) != 0) {
      throw new IOException(
          "the token file "
              + file
              + " is open to others: its mode is "
              + Integer.toOctalString(mode & 07777)
              + ", 600 would be right");
    }
    String token = Files.readString(file).strip();
    if (!TOKEN.matcher(token).matches()) {
      throw new IOException("the token file " + file + " does not hold one line of plain text");
    }
    return token;
  }
}

package dev.holdfast.fetcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Where one file is written while it is on its way.
///
/// @param directory has nothing else in it
/// @param name of the file
record Download(Path directory, String name, Meter meter) {
  private static final int BUFFER = 64 * 1024;

  Path file() {
    return directory.resolve(name);
  }

  /// Takes all of `source`.
  ///
  /// @param total how many bytes are expected; negative when that is not known
  /// @throws FetchException when others came, or they could not be written
  void take(InputStream source, long total) throws FetchException {
    if (total >= 0) {
      meter.total(total);
    }
    try (OutputStream out = open()) {
      byte[] buffer = new byte[BUFFER];
      int length = read(source, buffer, total);
      while (length >= 0) {
        write(out, buffer, length);
        meter.add(length);
        length = read(source, buffer, total);
      }
    } catch (IOException e) {
      throw new FetchException(Reasons.of(e), e);
    }
    if (total >= 0 && meter.bytes() != total) {
      throw cutShort(total, null);
    }
  }

  private OutputStream open() throws FetchException {
    try {
      return Files.newOutputStream(file(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new FetchException("cannot write it: " + Reasons.of(e), e);
    }
  }

  private int read(InputStream source, byte[] buffer, long total) throws FetchException {
    try {
      return source.read(buffer);
    } catch (IOException e) {
      if (total > meter.bytes()) {
        throw cutShort(total, e);
      }
      throw new FetchException(Reasons.of(e), e);
    }
  }

  private static void write(OutputStream out, byte[] buffer, int length) throws FetchException {
    try {
      out.write(buffer, 0, length);
    } catch (IOException e) {
      throw new FetchException("cannot write it: " + Reasons.of(e), e);
    }
  }

  private FetchException cutShort(long total, @org.jspecify.annotations.Nullable Throwable cause) {
    String message = "it ended after " + meter.bytes() + " of " + total + " bytes";
    return cause == null ? new FetchException(message) : new FetchException(message, cause);
  }
}

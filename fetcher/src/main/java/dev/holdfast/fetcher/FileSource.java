package dev.holdfast.fetcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// A file of this host, read with the rights of the run's user.
final class FileSource implements Source {
  private static final long UNKNOWN = -1;

  @Override
  public void fetch(String location, Download download) throws FetchException {
    Path path = Path.of(location);
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) {
        // Opening a FIFO would wait for its writer.
        throw new FetchException(
            attributes.isDirectory() ? "it is a directory" : "it is not a regular file");
      }
      try (InputStream source = Files.newInputStream(path)) {
        // Files of /proc have no size.
        download.take(source, attributes.size() == 0 ? UNKNOWN : attributes.size());
      }
    } catch (IOException e) {
      throw new FetchException(Reasons.of(e), e);
    }
  }
}

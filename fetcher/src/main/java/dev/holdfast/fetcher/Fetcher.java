package dev.holdfast.fetcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/// Brings the files of a job into a directory, one after the other, and stops at the first that
/// does not come as it should. A file has its name only once all of it is there.
final class Fetcher {
  private static final int EXECUTABLE = 0755;
  private static final int PLAIN = 0644;
  private static final int BUFFER = 64 * 1024;

  private final Job job;
  private final Path directory;
  private final Meter meter;
  private final Map<String, String> environment;
  private volatile Optional<Path> unfinished = Optional.empty();

  /// @param environment as [System#getenv()]
  Fetcher(Job job, Path directory, Meter meter, Map<String, String> environment) {
    this.job = job;
    this.directory = directory;
    this.meter = meter;
    this.environment = environment;
  }

  /// @throws FetchException about the file that [Meter#index] names
  void run() throws FetchException {
    Path own;
    try {
      own = Files.createTempDirectory(directory, ".fetch-");
    } catch (IOException e) {
      throw new FetchException("cannot write into " + directory + ": " + Reasons.of(e), e);
    }
    unfinished = Optional.of(own);
    try {
      for (int i = 0; i < job.items().size(); i++) {
        meter.next(i);
        fetch(job.items().get(i), own);
      }
    } finally {
      tidy();
    }
  }

  /// Removes what has not come to its end. Any thread, repeatable.
  void tidy() {
    if (unfinished.isEmpty()) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(unfinished.get())) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(unfinished.get());
    } catch (IOException e) {
      return; // it is the user's, and in the user's sandbox
    }
  }

  private void fetch(Job.Item item, Path own) throws FetchException {
    Download download = new Download(own, item.name(), meter);
    source(item.source()).fetch(item.location(), download);
    Path arriving = download.file();
    if (item.sha256().isPresent()) {
      check(arriving, item.sha256().get());
    }
    Path file = directory.resolve(item.name());
    try {
      Files.setPosixFilePermissions(
          arriving, SafeTree.permissions(item.executable() ? EXECUTABLE : PLAIN));
      if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new FetchException("there is a directory named " + item.name());
      }
      // Replaces what is there, also a link, which is not followed.
      Files.move(arriving, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new FetchException("cannot write it: " + Reasons.of(e), e);
    }
    Optional<Archive> archive = item.extract() ? Archive.of(item.name()) : Optional.empty();
    if (archive.isPresent()) {
      Extraction.run(archive.get(), file, directory, meter);
    }
  }

  private Source source(Job.Source kind) {
    return switch (kind) {
      case HTTP ->
          new HttpSource(
              job.stallTimeout(), new Proxies(environment), () -> Trust.read(environment));
      case FTP -> new FtpSource(job.stallTimeout(), () -> Trust.read(environment));
      case HADOOP -> new HadoopSource(job.hadoopHome(), environment);
      case FILE -> new FileSource();
    };
  }

  private static void check(Path file, String expected) throws FetchException {
    String sum = sha256(file);
    if (!sum.equals(expected)) {
      throw new FetchException("its SHA-256 is " + sum + ", not " + expected);
    }
  }

  private static String sha256(Path file) throws FetchException {
    try (InputStream bytes = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[BUFFER];
      for (int length = bytes.read(buffer); length >= 0; length = bytes.read(buffer)) {
        digest.update(buffer, 0, length);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new FetchException("cannot read it again: " + Reasons.of(e), e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}

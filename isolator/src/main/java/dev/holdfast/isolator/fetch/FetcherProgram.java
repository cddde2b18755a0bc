package dev.holdfast.isolator.fetch;

import dev.holdfast.isolator.IsolatorException;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The fetcher: a Java program of its own, in a directory beside that of our jars.
final class FetcherProgram {
  private static final String DIRECTORY = "fetcher";
  private static final String MAIN = "dev.holdfast.fetcher/dev.holdfast.fetcher.Main";

  /// Small: what it fetches goes through a buffer. The densest archives of xz need 65 MiB.
  private static final List<String> FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xmx192m",
          "-Xlog:disable",
          "-XX:-UsePerfData",
          "-XX:-CreateCoredumpOnCrash",
          "-XX:ErrorFile=/dev/null",
          "-Dsun.jnu.encoding=UTF-8");

  private FetcherProgram() {}

  /// @param keep where a copy goes that everybody may read, if the program is where only some may
  /// @throws IsolatorException when there is no fetcher here
  static List<String> command(Path keep) {
    Path jars = readable(installed(), keep);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(List.of("-p", jars.toString(), "-m", MAIN));
    return command;
  }

  private static Path installed() {
    String modules = System.getProperty("jdk.module.path", "");
    int end = modules.indexOf(File.pathSeparatorChar);
    Path first = Path.of(end < 0 ? modules : modules.substring(0, end)).toAbsolutePath();
    Path directory = first.resolveSibling(DIRECTORY);
    if (!Files.isDirectory(directory)) {
      throw new IsolatorException(
          "nothing can be fetched, since there is no fetcher in " + directory);
    }
    return directory;
  }

  /// It runs as the run's user, who may not be let into the home of whoever built it.
  private static Path readable(Path directory, Path keep) {
    try {
      Path real = directory.toRealPath();
      return isOpen(real) ? real : copied(real, keep);
    } catch (IOException e) {
      throw new IsolatorException("cannot read the fetcher in " + directory + ": " + e, e);
    }
  }

  private static boolean isOpen(Path directory) throws IOException {
    for (Path at = directory; at != null; at = at.getParent()) {
      if (!Files.getPosixFilePermissions(at).contains(PosixFilePermission.OTHERS_EXECUTE)) {
        return false;
      }
    }
    for (Path file : files(directory)) {
      if (!Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
        return false;
      }
    }
    return true;
  }

  private static List<Path> files(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(files::add);
    }
    Collections.sort(files);
    return files;
  }

  /// Under a name that tells one version from the next.
  private static Path copied(Path directory, Path keep) throws IOException {
    int version = 0;
    for (Path file : files(directory)) {
      version = 31 * version + file.getFileName().hashCode();
      version = 31 * version + Files.getLastModifiedTime(file).hashCode();
    }
    Path copy = keep.resolve(DIRECTORY + "-" + Integer.toHexString(version));
    if (Files.isDirectory(copy)) {
      return copy;
    }
    Files.createDirectories(keep);
    Path making = Files.createTempDirectory(keep, DIRECTORY);
    for (Path file : files(directory)) {
      Path made = Files.copy(file, making.resolve(file.getFileName()));
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-r--r--"));
    }
    Files.setPosixFilePermissions(making, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Files.move(making, copy, StandardCopyOption.ATOMIC_MOVE);
  }
}

package dev.holdfast.fetcher;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// What only hadoop's own client can read, which is called for it, without a shell.
final class HadoopSource implements Source {
  private static final int LOOK_MILLIS = 200;

  private final Optional<Path> home;
  private final Map<String, String> environment;

  /// @param home as the operator says; absent for what the environment says
  HadoopSource(Optional<Path> home, Map<String, String> environment) {
    this.home = home;
    this.environment = environment;
  }

  @Override
  public void fetch(String location, Download download) throws FetchException {
    Path directory = download.directory();
    Path messages = directory.resolve("messages-of-hadoop");
    Process process = null;
    try {
      process =
          new ProcessBuilder(program(), "fs", "-copyToLocal", location, "./" + download.name())
              .directory(directory.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(messages.toFile())
              .start();
      follow(process, download);
      if (process.exitValue() != 0) {
        throw new FetchException(
            "hadoop ended with " + process.exitValue() + lastLine(messages).orElse(""));
      }
      Files.delete(messages);
    } catch (IOException e) {
      throw new FetchException("cannot call hadoop: " + Reasons.of(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FetchException("interrupted", e);
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
    }
    if (!Files.isRegularFile(download.file())) {
      throw new FetchException("hadoop brought no file");
    }
  }

  private String program() throws FetchException {
    Optional<Path> below =
        home.or(() -> Optional.ofNullable(environment.get("HADOOP_HOME")).map(Path::of));
    if (below.isPresent()) {
      return below.get().resolve("bin/hadoop").toString();
    }
    for (String directory : environment.getOrDefault("PATH", "").split(":", -1)) {
      Path candidate = Path.of(directory, "hadoop");
      if (candidate.isAbsolute() && Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    throw new FetchException(
        "there is no hadoop in the PATH: set HADOOP_HOME, or the agent's --hadoop-home");
  }

  /// Counts what arrives: the client itself says nothing.
  private static void follow(Process process, Download download)
      throws FetchException, InterruptedException {
    boolean ended;
    do {
      ended = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      long more = size(download.directory()) - download.meter().bytes();
      if (more > 0) {
        download.meter().add(more);
      }
    } while (!ended);
  }

  /// While it is on its way the client has it under another name.
  private static long size(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException gone) {
      return 0;
    }
  }

  private static Optional<String> lastLine(Path messages) throws IOException {
    return new String(Files.readAllBytes(messages), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank())
        .reduce((_, last) -> last)
        .map(line -> ": " + line.strip());
  }
}

package dev.holdfast.fetcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A directory into which something is fetched.
final class Sandbox {
  final Path directory;
  final Map<String, String> environment = new HashMap<>();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  Duration stallTimeout = Duration.ofSeconds(30);
  long sizeLimit = 1L << 30;
  Optional<Path> hadoopHome = Optional.empty();

  /// @param directory is there
  Sandbox(Path directory) {
    this.directory = directory;
  }

  static Job.Item item(Job.Source source, String name, String location) {
    return new Job.Item(source, false, true, Optional.empty(), name, location);
  }

  static Job.Item file(Path file) {
    return item(Job.Source.FILE, file.getFileName().toString(), file.toString());
  }

  void fetch(Job.Item... items) throws FetchException {
    Job job = new Job(stallTimeout, sizeLimit, hadoopHome, List.of(items));
    Meter meter = new Meter(new PrintStream(said, true, StandardCharsets.UTF_8), job);
    new Fetcher(job, directory, meter, environment).run();
  }

  Path path(String name) {
    return directory.resolve(name);
  }

  String text(String name) throws IOException {
    return Files.readString(path(name));
  }

  /// All that is in it, as paths.
  List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      paths
          .filter(path -> !path.equals(directory))
          .map(path -> directory.relativize(path).toString())
          .sorted()
          .forEach(names::add);
    }
    return names;
  }
}

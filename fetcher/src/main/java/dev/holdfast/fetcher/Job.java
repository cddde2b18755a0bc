package dev.holdfast.fetcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is to be brought, as the holder writes it: lines of fields between tabs, the last one
/// `end`.
///
/// @param stallTimeout how long no byte may come
/// @param sizeLimit bytes of all files together, with what archives hold
/// @param hadoopHome below which hadoop's client is; absent for the environment's
record Job(Duration stallTimeout, long sizeLimit, Optional<Path> hadoopHome, List<Item> items) {
  private static final int ITEM_FIELDS = 7;
  private static final String ABSENT = "-";

  Job {
    items = List.copyOf(items);
  }

  /// By what a file is brought.
  enum Source {
    HTTP,
    FTP,
    HADOOP,
    FILE
  }

  /// One file.
  ///
  /// @param sha256 what it must be, in lower case
  /// @param name what it is called in the sandbox
  /// @param location a URI, or the path of a local file
  record Item(
      Source source,
      boolean executable,
      boolean extract,
      Optional<String> sha256,
      String name,
      String location) {}

  /// @throws IOException when it ends too early
  static Job read(BufferedReader lines) throws IOException {
    Duration stallTimeout = Duration.ofMinutes(1);
    long sizeLimit = Long.MAX_VALUE;
    Optional<Path> hadoopHome = Optional.empty();
    List<Item> items = new ArrayList<>();
    while (true) {
      String line = lines.readLine();
      if (line == null) {
        throw new IOException("the description of what to fetch ended too early");
      }
      String[] fields = line.split("\t", -1);
      switch (fields[0]) {
        case "stall-millis" -> stallTimeout = Duration.ofMillis(Long.parseLong(fields[1]));
        case "size-limit" -> sizeLimit = Long.parseLong(fields[1]);
        case "hadoop-home" -> hadoopHome = Optional.of(Path.of(fields[1]));
        case "file" -> items.add(item(fields));
        case "end" -> {
          return new Job(stallTimeout, sizeLimit, hadoopHome, items);
        }
        default -> throw new IOException("'" + fields[0] + "' is nothing to fetch");
      }
    }
  }

  private static Item item(String[] fields) throws IOException {
    if (fields.length != ITEM_FIELDS) {
      throw new IOException("a file has " + fields.length + " fields, not " + ITEM_FIELDS);
    }
    return new Item(
        Source.valueOf(fields[1]),
        Boolean.parseBoolean(fields[2]),
        Boolean.parseBoolean(fields[3]),
        fields[4].equals(ABSENT) ? Optional.empty() : Optional.of(fields[4]),
        fields[5],
        fields[6]);
  }
}

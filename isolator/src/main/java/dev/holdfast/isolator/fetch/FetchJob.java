package dev.holdfast.isolator.fetch;

import dev.holdfast.isolator.FetchConfig;
import dev.holdfast.isolator.FetchUri;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.linux.ByteText;
import java.util.List;

/// The description that the fetcher reads on its stdin: lines of fields between tabs.
final class FetchJob {
  /// The kernel keeps it until the fetcher has started to read.
  private static final int LONGEST = 64 << 10;

  private static final String ABSENT = "-";

  private FetchJob() {}

  /// @throws IsolatorException when there is too much of it, or a path has no beginning
  static String format(List<FetchUri> uris, FetchConfig config) {
    StringBuilder lines = new StringBuilder();
    line(lines, "stall-millis", Long.toString(Math.max(1, config.stallTimeout().toMillis())));
    line(lines, "size-limit", Long.toString(config.sizeLimit().count()));
    config.hadoopHome().ifPresent(home -> line(lines, "hadoop-home", home.toString()));
    for (FetchUri uri : uris) {
      line(
          lines,
          "file",
          uri.source().name(),
          Boolean.toString(uri.executable()),
          Boolean.toString(uri.extract()),
          uri.sha256().orElse(ABSENT),
          uri.fileName(),
          uri.source() == FetchUri.Source.FILE ? config.locate(uri).toString() : uri.value());
    }
    line(lines, "end");
    int length = ByteText.encode(lines.toString()).length;
    if (length > LONGEST) {
      throw new IsolatorException(
          "the URIs have " + length + " bytes: at most " + LONGEST + " are possible");
    }
    return lines.toString();
  }

  private static void line(StringBuilder lines, String... fields) {
    lines.append(String.join("\t", fields)).append('\n');
  }
}

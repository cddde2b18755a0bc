package dev.holdfast.cli;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.isolator.Run;
import java.util.Optional;
import java.util.OptionalLong;

/// How far the fetching of a run's files has come, in one line.
final class FetchText {
  private FetchText() {}

  /// @param progress absent before the fetcher has said anything
  static String of(Optional<Run.FetchProgress> progress) {
    if (progress.isEmpty()) {
      return "holdfast fetching";
    }
    Run.FetchProgress now = progress.get();
    return "holdfast "
        + (now.extracting() ? "extracting " : "fetching ")
        + Streams.printable(now.uri())
        + " · "
        + new Bytes(now.bytes())
        + of(now.bytes(), now.total());
  }

  private static String of(long bytes, OptionalLong total) {
    return total.isPresent() && total.getAsLong() > 0
        ? " of " + new Bytes(total.getAsLong()) + " (" + 100 * bytes / total.getAsLong() + " %)"
        : "";
  }
}

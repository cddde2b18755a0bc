package dev.holdfast.isolator.fetch;

import dev.holdfast.isolator.FetchUri;
import dev.holdfast.isolator.Run;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What the fetcher says on its stdout and stderr: lines of fields between tabs, see `Meter` there.
///
/// The fetcher runs as the run's user, so nothing that it says is more than that user's word, and
/// none of it is kept that is longer than a line. Thread-safe.
final class FetchReport {
  private static final int LONGEST_LINE = 2048;

  private final List<FetchUri> uris;

  // Guarded by this.
  private final StringBuilder line = new StringBuilder();
  private Optional<Run.FetchProgress> progress = Optional.empty();
  private Optional<String> failure = Optional.empty();
  private String other = "";
  private int index;
  private boolean done;

  FetchReport(List<FetchUri> uris) {
    this.uris = uris;
  }

  /// More of what it says.
  synchronized void add(byte[] bytes, int length) {
    String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        end();
      } else if (line.length() < LONGEST_LINE) {
        line.append(c);
      }
    }
  }

  private void end() {
    String[] fields = line.toString().split("\t", -1);
    line.setLength(0);
    try {
      switch (fields[0]) {
        case "fetch" -> follow(fields, false, total(fields[3]));
        case "extract" -> follow(fields, true, OptionalLong.empty());
        case "failed" -> {
          index = checked(fields[1]);
          failure = Optional.of(fields[2]);
        }
        case "done" -> done = true;
        default -> remember(fields);
      }
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      remember(fields);
    }
  }

  /// What Java says of itself, as when it cannot start.
  private void remember(String[] fields) {
    String text = String.join(" ", fields).strip();
    other = text.isEmpty() ? other : text;
  }

  private static OptionalLong total(String text) {
    long total = Long.parseLong(text);
    return total < 0 ? OptionalLong.empty() : OptionalLong.of(total);
  }

  private void follow(String[] fields, boolean extracting, OptionalLong total) {
    index = checked(fields[1]);
    progress =
        Optional.of(
            new Run.FetchProgress(
                uris.get(index).shown(), extracting, Long.parseLong(fields[2]), total));
  }

  private int checked(String text) {
    return java.util.Objects.checkIndex(Integer.parseInt(text), uris.size());
  }

  synchronized Optional<Run.FetchProgress> progress() {
    return progress;
  }

  synchronized boolean isDone() {
    return done;
  }

  /// Why it failed, as far as it has said.
  synchronized Optional<String> failure() {
    return failure.or(() -> other.isEmpty() ? Optional.empty() : Optional.of(other));
  }

  /// Which file it was about last.
  synchronized FetchUri uri() {
    return uris.get(index);
  }
}

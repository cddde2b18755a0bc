package dev.holdfast.cli;

import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.cgroup.Bytes;
import dev.holdfast.isolator.json.InstantText;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How tables tell of runs.
final class RunText {
  private static final int SHORT_ID = 12;
  private static final int LONGEST_COMMAND = 30;
  private static final String UNKNOWN = "-";

  private RunText() {}

  /// Enough of an id to name the run by.
  static String shortId(String id) {
    return id.substring(0, Math.min(id.length(), SHORT_ID));
  }

  static String name(ExecutorInfo info) {
    return info.framework() + "/" + info.name();
  }

  static String command(List<String> words) {
    String text = String.join(" ", words);
    return text.length() > LONGEST_COMMAND ? text.substring(0, LONGEST_COMMAND - 1) + "…" : text;
  }

  /// As `running 5m 3s` or `exited (3) 2.0 s ago`.
  static String status(ExecutorInfo info, Instant now) {
    if (!isFinished(info)) {
      return info.state() + since(info.started(), now).map(age -> " " + age).orElse("");
    }
    String word = Optional.ofNullable(info.verdict()).orElse(info.state());
    return word
        + Optional.ofNullable(info.exitCode()).map(code -> " (" + code + ")").orElse("")
        + since(info.finished(), now).map(age -> " " + age + " ago").orElse("");
  }

  static boolean isFinished(ExecutorInfo info) {
    return info.state().equals("finished");
  }

  /// How long ago that was.
  static Optional<String> since(@Nullable String time, Instant now) {
    if (time == null) {
      return Optional.empty();
    }
    try {
      Duration age = Duration.between(InstantText.parse(time), now);
      return Optional.of(Durations.format(age.isNegative() ? Duration.ZERO : age));
    } catch (DateTimeException e) {
      return Optional.of(time);
    }
  }

  static String bytes(@Nullable Long count) {
    return count == null ? UNKNOWN : new Bytes(Math.max(0, count)).toString();
  }

  static String number(@Nullable Number number) {
    return number == null ? UNKNOWN : number.toString();
  }

  static String percent(@Nullable Double percent) {
    return percent == null ? UNKNOWN : String.format(Locale.ROOT, "%.1f %%", percent);
  }
}

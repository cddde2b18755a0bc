package dev.holdfast.cli;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.OomReport;
import dev.holdfast.isolator.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// An out-of-memory report that a person understands in five seconds: which limit, how much, and a
/// bar for each process that held it.
final class OomPicture {
  private static final int BAR_WIDTH = 30;
  private static final int MOST_BARS = 8;
  private static final int LONGEST_COMMAND = 60;

  private OomPicture() {}

  /// @param kills processes that an OOM killer has ended
  static void print(Verdict.OutOfMemory verdict, String who, long kills, Streams streams) {
    streams.alarm("out of memory", headline(verdict, who));
    verdict.report().ifPresent(report -> printHolders(report, kills, streams));
  }

  private static String headline(Verdict.OutOfMemory verdict, String who) {
    String numbers = verdict.report().map(OomPicture::numbers).orElse("");
    return who
        + switch (verdict.scope()) {
          case OWN_LIMIT ->
              " reached its memory limit"
                  + verdict.report().map(report -> " of " + limit(report)).orElse("");
          case ANCESTOR -> " was killed because a cgroup above it reached its memory limit";
          case HOST -> " was killed because the host ran out of memory";
        }
        + numbers;
  }

  private static String numbers(OomReport report) {
    String numbers =
        Stream.of(
                report.usage().map(usage -> "in use " + usage),
                report.peak().map(peak -> "peak " + peak))
            .flatMap(Optional::stream)
            .collect(Collectors.joining(", "));
    return numbers.isEmpty() ? "" : " (" + numbers + ")";
  }

  private static String limit(OomReport report) {
    return report.limit().value().map(Bytes::toString).orElse("unlimited");
  }

  private static void printHolders(OomReport report, long kills, Streams streams) {
    List<OomReport.Holder> holders = report.processes();
    if (holders.isEmpty()) {
      streams
          .err()
          .println(
              "  the kernel killed "
                  + (kills > 0 ? OutcomeText.count(kills, "process") : "it")
                  + " before anybody could look who held what");
    }
    long scale = scale(report);
    int shown = Math.min(holders.size(), MOST_BARS);
    for (int i = 0; i < shown; i++) {
      OomReport.Holder holder = holders.get(i);
      streams
          .err()
          .printf(
              Locale.ROOT,
              "  %10s  %s  %s (pid %d)%n",
              held(holder),
              bar(held(holder).count(), scale),
              shorten(holder.command()),
              holder.pid());
    }
    if (holders.size() > shown) {
      streams.err().println("  and " + (holders.size() - shown) + " smaller processes");
    }
    report
        .age()
        .filter(age -> !age.isZero())
        .ifPresent(age ->
            streams.err().println("  as of " + Durations.format(age) + " before the report"));
    if (report.limit() instanceof Limit.At<Bytes>) {
      streams.err().println("  --memory sets the limit, --verdict FILE keeps the whole report");
    }
    streams.err().flush();
  }

  /// What the process alone holds: the pages of files are shared, and often charged elsewhere.
  private static Bytes held(OomReport.Holder holder) {
    return holder.anon().plus(holder.shmem()).plus(holder.swap());
  }

  /// A full bar is the limit, or the largest process where there is none.
  private static long scale(OomReport report) {
    long largest = 1;
    for (OomReport.Holder holder : report.processes()) {
      largest = Math.max(largest, held(holder).count());
    }
    return Math.max(largest, report.limit().value().map(Bytes::count).orElse(1L));
  }

  private static String bar(long count, long scale) {
    int filled = (int) Math.round((double) count / scale * BAR_WIDTH);
    return "#".repeat(filled) + "·".repeat(BAR_WIDTH - filled);
  }

  private static String shorten(String command) {
    String printable = Streams.printable(command);
    return printable.length() > LONGEST_COMMAND
        ? printable.substring(0, LONGEST_COMMAND) + "…"
        : printable;
  }
}

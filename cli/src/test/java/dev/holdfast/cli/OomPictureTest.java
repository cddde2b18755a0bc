package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.OomReport;
import dev.holdfast.isolator.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OomPictureTest {
  private static List<String> picture(Verdict.Scope scope, Optional<OomReport> report) {
    Terminals terminals = new Terminals();
    Verdict.OutOfMemory verdict = new Verdict.OutOfMemory(scope, report);
    OomPicture.print(verdict, "default/make", 2, terminals.streams());
    return terminals.messages();
  }

  private static List<String> picture(OomReport report) {
    return picture(Verdict.Scope.OWN_LIMIT, Optional.of(report));
  }

  @Test
  void showsWhichLimitHowMuchAndWhoHeldIt() {
    assertThat(
            picture(
                Outcomes.report(
                    Optional.of(Duration.ZERO),
                    Outcomes.holder(12, "java -jar app.jar", 48),
                    Outcomes.holder(11, "sh", 1))))
        .containsExactly(
            "holdfast: out of memory: default/make reached its memory limit of 64 MiB (in use 64"
                + " MiB, peak 65 MiB)",
            "      48 MiB  #######################·······  java -jar app.jar (pid 12)",
            "       1 MiB  ······························  sh (pid 11)",
            "  --memory sets the limit, --verdict FILE keeps the whole report");
  }

  @Test
  void aReportThatIsOlderThanTheEndSaysSo() {
    assertThat(
            picture(
                Outcomes.report(Optional.of(Duration.ofMillis(150)), Outcomes.holder(12, "a", 48))))
        .contains("  as of 150 ms before the report");
  }

  @Test
  void aPictureWithoutProcessesSaysSo() {
    assertThat(picture(Outcomes.report(Optional.empty())))
        .contains("  the kernel killed 2 processes before anybody could look who held what");
  }

  /// What is in use after the death is next to nothing.
  @Test
  void withoutALookNoUsageIsTold() {
    OomReport report =
        new OomReport(
            Limit.at(Bytes.ofMebibytes(64)),
            Optional.empty(),
            Optional.of(Bytes.ofMebibytes(64)),
            Map.of(),
            List.of(),
            Optional.empty(),
            false);

    assertThat(picture(report))
        .first()
        .isEqualTo(
            "holdfast: out of memory: default/make reached its memory limit of 64 MiB (peak 64"
                + " MiB)");
  }

  @Test
  void theLimitOfAnotherIsNotTakenForTheRunsOwn() {
    OomReport report = Outcomes.report(Optional.empty(), Outcomes.holder(1, "a", 5));

    assertThat(picture(Verdict.Scope.ANCESTOR, Optional.of(report)).getFirst())
        .isEqualTo(
            "holdfast: out of memory: default/make was killed because a cgroup above it reached"
                + " its memory limit (in use 64 MiB, peak 65 MiB)");
    assertThat(picture(Verdict.Scope.HOST, Optional.of(report)).getFirst())
        .contains("default/make was killed because the host ran out of memory");
  }

  @Test
  void withoutAReportTheVerdictStandsAlone() {
    assertThat(picture(Verdict.Scope.OWN_LIMIT, Optional.empty()))
        .containsExactly("holdfast: out of memory: default/make reached its memory limit");
  }

  @Test
  void theSmallestOfManyProcessesAreOnlyCounted() {
    OomReport.Holder[] holders =
        IntStream.range(0, 20)
            .mapToObj(i -> Outcomes.holder(i, "p" + i, 20 - i))
            .toArray(OomReport.Holder[]::new);

    List<String> lines = picture(Outcomes.report(Optional.empty(), holders));

    assertThat(lines).filteredOn(line -> line.contains("(pid ")).hasSize(8);
    assertThat(lines).contains("  and 12 smaller processes");
  }

  @Test
  void aLongCommandIsCut() {
    assertThat(picture(Outcomes.report(Optional.empty(), Outcomes.holder(1, "x".repeat(500), 5))))
        .anyMatch(line -> line.endsWith("  " + "x".repeat(60) + "… (pid 1)"));
  }

  /// A process may hold more than the limit: shared memory is charged to whoever touched it first.
  @Test
  void aBarIsNeverLongerThanItsPlace() {
    assertThat(
            picture(
                Outcomes.report(
                    Optional.empty(),
                    Outcomes.holder(1, "large", 640),
                    Outcomes.holder(2, "small", 64))))
        .contains("     640 MiB  " + "#".repeat(30) + "  large (pid 1)")
        .contains("      64 MiB  " + "#".repeat(3) + "·".repeat(27) + "  small (pid 2)");
  }

  @Test
  void aRunWithoutALimitOfItsOwnIsDrawnByItsLargestProcess() {
    OomReport report =
        new OomReport(
            Limit.unlimited(),
            Optional.of(Bytes.ofMebibytes(10)),
            Optional.empty(),
            Map.of(),
            List.of(Outcomes.holder(1, "a", 8), Outcomes.holder(2, "b", 4)),
            Optional.empty(),
            false);

    List<String> lines = picture(Verdict.Scope.HOST, Optional.of(report));

    assertThat(lines)
        .contains("       8 MiB  " + "#".repeat(30) + "  a (pid 1)")
        .contains("       4 MiB  " + "#".repeat(15) + "·".repeat(15) + "  b (pid 2)")
        .noneMatch(line -> line.contains("--memory"));
  }

  @Test
  void thereIsNoColourWhereThereIsNoTerminal() {
    assertThat(picture(Outcomes.report(Optional.empty()))).noneMatch(line -> line.contains("\033"));
  }
}

package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.isolator.HostReport;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DoctorVerbTest {
  @Test
  void quietIsTheNamesOfWhatIsMissing() {
    Terminals terminals = new Terminals();

    DoctorVerb.printMissing(
        new HostReport(
            "6.1",
            "v1",
            List.of(
                new HostReport.Feature("root", true, "root", Optional.empty()),
                new HostReport.Feature("cpu cap", false, "no cpu", Optional.of("mount it")))),
        terminals.streams());

    assertThat(terminals.out()).isEqualTo("cpu cap\n");
  }

  @Test
  void quietIsAnOption() {
    Terminals terminals = new Terminals();

    assertThat(Main.call(new String[] {"doctor", "-q"}, terminals.streams())).isBetween(0, 1);
    assertThat(terminals.err()).isEmpty();
    assertThat(terminals.out()).doesNotContain("FEATURE", "kernel ");
  }
}

package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void columnsAreAsWideAsTheyNeedToBe() {
    Table table = new Table("A", "LONG HEADER", "C");
    table.row("longer", "é…", "");

    assertThat(table.format()).isEqualTo("A        LONG HEADER   C\nlonger   é…\n");
  }

  @Test
  void cellsDoNotDriveTheTerminal() {
    Table table = new Table("A");
    table.row("\033[2J\u009b\nx\r\u007f\ud800");

    assertThat(table.format()).isEqualTo("A\n?[2J??x???\n");
  }

  @Test
  void sparklinesAreAsHighAsTheirNumbers() {
    assertThat(Sparkline.of(List.of(), 5)).isEmpty();
    assertThat(Sparkline.of(List.of(Optional.of(0.0)), 5)).isEqualTo("▁");
    assertThat(Sparkline.of(List.of(Optional.of(0.0), Optional.empty(), Optional.of(7.0)), 5))
        .isEqualTo("▁ █");
    assertThat(
            Sparkline.of(
                List.of(Optional.of(1.0), Optional.of(7.0), Optional.of(3.5), Optional.of(0.0)), 2))
        .as("the highest of each share")
        .isEqualTo("█▅");
  }
}

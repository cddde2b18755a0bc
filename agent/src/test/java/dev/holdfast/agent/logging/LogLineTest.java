package dev.holdfast.agent.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogLineTest {
  private static LogRecord entry(Level level, String message) {
    LogRecord line = new LogRecord(level, message);
    line.setInstant(Instant.parse("2026-01-02T03:04:05.006007Z"));
    return line;
  }

  @Test
  void wordsStandAloneAndEverythingElseIsQuoted() {
    assertThat(LogLine.of("run ended").with("run", "0b1c-2d").with("cause", "a \"b\"\n\u001b[1m"))
        .hasToString("msg=\"run ended\" run=0b1c-2d cause=\"a \\\"b\\\"\\n?[1m\"");
  }

  @Test
  void aLineHasTimeAndLevel() {
    String line = LogLine.of("ready").with("agent", "x").toString();
    assertThat(new LogfmtFormatter(false).format(entry(Level.INFO, line)))
        .isEqualTo("2026-01-02T03:04:05.006Z level=info msg=\"ready\" agent=x\n");
  }

  @Test
  void whatOthersSayBecomesALineToo() {
    LogRecord line = entry(Level.WARNING, "odd\nthing");
    line.setThrown(new IllegalStateException("broken pipe"));
    assertThat(new LogfmtFormatter(false).format(line))
        .isEqualTo(
            "2026-01-02T03:04:05.006Z level=warn msg=\"odd\\nthing\" cause=\"broken pipe\"\n");
    assertThat(new LogfmtFormatter(true).format(line)).contains("\tat ");
  }
}

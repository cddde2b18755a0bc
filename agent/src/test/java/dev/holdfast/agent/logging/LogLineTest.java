package dev.holdfast.agent.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class LogLineTest {
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.006007Z");

  @Test
  void wordsStandAloneAndEverythingElseIsQuoted() {
    assertThat(LogLine.of("run ended").with("run", "0b1c-2d").with("cause", "a \"b\"\n\u001b[1m"))
        .hasToString("msg=\"run ended\" run=0b1c-2d cause=\"a \\\"b\\\"\\n?[1m\"");
  }

  @Test
  void aLineHasTimeAndLevel() {
    String line = LogLine.of("ready").with("agent", "x").toString();
    assertThat(Logging.format(TIME, Level.INFO, line, Optional.empty(), false))
        .isEqualTo("2026-01-02T03:04:05.006Z level=info msg=\"ready\" agent=x\n");
  }

  @Test
  void whatOthersSayBecomesALineToo() {
    Optional<Throwable> cause = Optional.of(new IllegalStateException("broken pipe"));
    assertThat(Logging.format(TIME, Level.WARN, "odd\nthing", cause, false))
        .isEqualTo(
            "2026-01-02T03:04:05.006Z level=warn msg=\"odd\\nthing\" cause=\"broken pipe\"\n");
    assertThat(Logging.format(TIME, Level.WARN, "odd", cause, true)).contains("\tat ");
  }

  @Test
  void librariesTellOnlyOfTrouble() {
    assertThat(Logging.tells("org.eclipse.jetty.server.Server", Level.INFO)).isFalse();
    assertThat(Logging.tells("org.eclipse.jetty.server.Server", Level.WARN)).isTrue();
    assertThat(Logging.tells("dev.holdfast.agent.node.Keeper", Level.INFO)).isTrue();
    assertThat(Logging.tells("dev.holdfast.agent.node.Keeper", Level.DEBUG)).isFalse();
  }
}

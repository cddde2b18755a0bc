package dev.holdfast.agent.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.holdfast.api.Event;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventLineTest {
  private static final int OWNER = 1001;

  private static JsonObject data() {
    JsonObject inner = new JsonObject();
    inner.addProperty("run", "in data");
    inner.addProperty("owner", 7);
    JsonObject data = new JsonObject();
    data.add("inner", inner);
    return data;
  }

  private static Event ofRun(String message) {
    return new Event(12, "2026-01-01T00:00:00Z", "state", "r1", "f", "e", message, data());
  }

  private static Event ofNode(String message) {
    return new Event(13, "2026-01-01T00:00:00Z", "orphan", null, null, null, message, null);
  }

  private static Optional<EventLine> read(byte[] text) {
    return EventLine.read(text, 0, text.length);
  }

  @Test
  void whatIsWrittenIsRead() {
    Event event = ofRun("preparing → running: \"quoted\"");

    EventLine line = read(EventLine.of(event, Optional.of(OWNER)).text()).orElseThrow();

    assertThat(line.id()).isEqualTo(12);
    assertThat(line.owner()).hasValue(OWNER);
    assertThat(line.concerns("r1")).isTrue();
    assertThat(line.concerns("r")).isFalse();
    assertThat(line.event()).contains(event);
  }

  @Test
  void aNodesEventHasNoOwnerWhateverItSays() {
    Event event = ofNode("\"run\":\"r1\",\"owner\":7}");

    EventLine line = read(EventLine.of(event, Optional.empty()).text()).orElseThrow();

    assertThat(line.owner()).isEmpty();
    assertThat(line.concerns("r1")).isFalse();
    assertThat(line.event()).contains(event);
  }

  /// Or everybody would see it.
  @Test
  void anEventOfARunWithoutItsOwnerIsNone() {
    byte[] whole = EventLine.of(ofRun("x"), Optional.of(OWNER)).text();

    for (int length = 0; length < whole.length; length++) {
      assertThat(EventLine.read(whole, 0, length)).as("the first %s bytes", length).isEmpty();
    }
  }

  @Test
  void whatIsNoneOfOursIsPassedOver() {
    for (String text :
        new String[] {
          "",
          "{}",
          "{\"id\":}",
          "{\"id\":1}",
          "{\"id\":-1,\"time\":\"\"}",
          "{\"id\":1234567890123456789012,\"time\":\"\"}",
          "\u0000\u0000}",
          "{\"time\":\"\",\"id\":1}"
        }) {
      assertThat(read(text.getBytes(StandardCharsets.UTF_8))).as(text).isEmpty();
    }
    for (String text : new String[] {"{\"id\":1,}", "{\"id\":1,\"time\":\"x\"}"}) {
      assertThat(read(text.getBytes(StandardCharsets.UTF_8)).orElseThrow().event())
          .as(text)
          .isEmpty();
    }
  }
}

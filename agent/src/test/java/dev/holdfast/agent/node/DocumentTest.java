package dev.holdfast.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DocumentTest {
  @Test
  void packingChangesNothingButTheRoomItTakes() {
    // With what ByteText makes of a byte that is no UTF-8.
    String text = "{\"command\":[\"a\\u0000\uDC80\",\"ä😀\"],\"code\":7}";
    Document document = new Document(text);
    document.pack();
    document.pack();

    assertThat(document.text()).isEqualTo(text);
    assertThat(document.json().get("code").getAsInt()).isEqualTo(7);
  }
}

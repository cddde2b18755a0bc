package dev.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ByteTextTest {
  @Property
  void bytesComeBackAsTheyWere(@ForAll byte[] bytes) {
    assertThat(ByteText.encode(ByteText.decode(bytes))).isEqualTo(bytes);
  }

  @Property
  void whatIsUtf8IsItsText(@ForAll String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);

    assertThat(ByteText.decode(utf8)).isEqualTo(new String(utf8, StandardCharsets.UTF_8));
  }

  @Example
  void aByteThatIsNotUtf8IsALoneSurrogate() {
    byte[] latin = {'c', 'a', 'f', (byte) 0xe9, (byte) 0xff, '!'};

    assertThat(ByteText.decode(latin)).isEqualTo("caf\udce9\udcff!");
  }

  @Example
  void aPairOfSurrogatesStaysACharacter() {
    assertThat(ByteText.encode("\ud83d\udc80")).isEqualTo("💀".getBytes(StandardCharsets.UTF_8));
  }
}

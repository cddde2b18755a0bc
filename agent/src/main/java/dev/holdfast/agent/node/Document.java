package dev.holdfast.agent.node;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.holdfast.linux.ByteText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterOutputStream;

/// A text that may be kept for a week and is seldom looked at: of thousands of runs that have
/// ended, what is known must fit into the agent's memory. Thread-safe.
final class Document {
  private volatile Supplier<String> text;

  Document(String text) {
    this.text = () -> text;
  }

  String text() {
    return text.get();
  }

  JsonObject json() {
    return JsonParser.parseString(text()).getAsJsonObject();
  }

  /// From now on it takes a quarter of the room, and longer to look at.
  void pack() {
    byte[] packed = pack(text());
    text = () -> unpack(packed);
  }

  // Both streams write to memory alone, which does not fail.

  private static byte[] pack(String text) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
      deflater.write(ByteText.encode(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  private static String unpack(byte[] packed) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (InflaterOutputStream inflater = new InflaterOutputStream(text, new Inflater())) {
      inflater.write(packed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteText.decode(text.toByteArray());
  }
}

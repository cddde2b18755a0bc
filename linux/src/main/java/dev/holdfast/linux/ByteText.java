package dev.holdfast.linux;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Arguments, variables and file names are bytes to the kernel, and mostly UTF-8. Bytes that are
/// not become single low surrogates, U+DC80 to U+DCFF, which no text has, and turn back into
/// themselves: what a user typed arrives as it was, in any locale. (Python calls this
/// surrogateescape.)
public final class ByteText {
  private static final char FIRST_ESCAPE = 0xDC00;

  /// What Java puts in the place of bytes that are no text, if it is not one itself.
  private static final char REPLACEMENT = 0xFFFD;

  private ByteText() {}

  public static String decode(byte[] bytes) {
    String plain = new String(bytes, StandardCharsets.UTF_8);
    return plain.indexOf(REPLACEMENT) < 0 ? plain : decodeEscaping(bytes);
  }

  private static String decodeEscaping(byte[] bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (!result.isError()) {
        return out.flip().toString();
      }
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (FIRST_ESCAPE + (in.get() & 0xff)));
      }
    }
  }

  public static byte[] encode(String text) {
    byte[] plain = text.getBytes(StandardCharsets.UTF_8);
    return hasEscape(text) ? encodeEscaped(text, plain.length) : plain;
  }

  private static boolean hasEscape(String text) {
    for (int i = 0; i < text.length(); i++) {
      // The comparison first: it is all that most characters need.
      if (text.charAt(i) >= FIRST_ESCAPE && isEscape(text, i)) {
        return true;
      }
    }
    return false;
  }

  /// A low surrogate that does not follow a high one.
  private static boolean isEscape(String text, int index) {
    char c = text.charAt(index);
    return c >= FIRST_ESCAPE + 0x80
        && c <= FIRST_ESCAPE + 0xff
        && (index == 0 || !Character.isHighSurrogate(text.charAt(index - 1)));
  }

  private static byte[] encodeEscaped(String text, int atMost) {
    ByteBuffer out = ByteBuffer.allocate(atMost);
    int plainFrom = 0;
    for (int i = 0; i < text.length(); i++) {
      if (isEscape(text, i)) {
        out.put(text.substring(plainFrom, i).getBytes(StandardCharsets.UTF_8));
        out.put((byte) (text.charAt(i) - FIRST_ESCAPE));
        plainFrom = i + 1;
      }
    }
    out.put(text.substring(plainFrom).getBytes(StandardCharsets.UTF_8));
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }
}

package dev.holdfast.agent.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Takes a request's path apart, and refuses what could mean one thing here and another elsewhere.
final class Paths {
  private static final int MOST_BYTES = 1024;
  private static final String PLAIN = "-._~!$&'()*+,=:@";

  private Paths() {}

  /// The decoded segments of `path`. A slash may be in one only where an encoded one was.
  ///
  /// @throws Refusal when it is malformed, or goes up or nowhere
  static List<String> segments(String path) {
    if (!path.startsWith("/")) {
      throw Refusal.badRequest("the path does not begin with a slash");
    }
    if (path.length() > MOST_BYTES) {
      throw Refusal.badRequest("the path is longer than " + MOST_BYTES + " bytes");
    }
    List<String> segments = new ArrayList<>();
    for (String raw : path.substring(1).split("/", -1)) {
      for (int i = 0; i < raw.length(); i++) {
        checkPlain(raw.charAt(i));
      }
      String segment = decode(raw, "path");
      for (String part : segment.split("/", -1)) {
        if (part.equals(".") || part.equals("..")) {
          throw Refusal.badRequest("the path has a segment '" + part + "'");
        }
      }
      segments.add(segment);
    }
    if (segments.subList(0, segments.size() - 1).contains("")) {
      throw Refusal.badRequest("the path has an empty segment");
    }
    return segments;
  }

  private static void checkPlain(char c) {
    boolean letterOrDigit = c < 0x80 && Character.isLetterOrDigit(c);
    if (!letterOrDigit && c != '%' && PLAIN.indexOf(c) < 0) {
      throw Refusal.badRequest("the path has a character that must be percent-encoded");
    }
  }

  /// Decodes `%41` to `A`.
  ///
  /// @param where it is, for the message
  /// @throws Refusal when that is not UTF-8, or holds control characters or a backslash
  static String decode(String raw, String where) {
    byte[] bytes = raw.getBytes(StandardCharsets.UTF_8);
    ByteBuffer decoded = ByteBuffer.allocate(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '%') {
        decoded.put(bytes[i]);
      } else if (i + 2 < bytes.length
          && HexFormat.isHexDigit(bytes[i + 1])
          && HexFormat.isHexDigit(bytes[i + 2])) {
        decoded.put(
            (byte)
                (HexFormat.fromHexDigit(bytes[i + 1]) << 4 | HexFormat.fromHexDigit(bytes[i + 2])));
        i += 2;
      } else {
        throw Refusal.badRequest("the " + where + " has a percent sign without two digits");
      }
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(decoded.flip()).toString();
    } catch (CharacterCodingException e) {
      throw Refusal.badRequest("the " + where + " is not UTF-8");
    }
    if (text.chars().anyMatch(c -> Character.isISOControl(c) || c == '\\')) {
      throw Refusal.badRequest("the " + where + " has a control character or a backslash");
    }
    return text;
  }
}

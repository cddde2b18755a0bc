package dev.holdfast.isolator;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/// The name of a run's cgroup: `<framework>.<executor>.<uuid>`, the ids escaped.
///
/// What is not a letter, a digit, `_` or `-` of ASCII becomes `%XX` a byte, so that no id can hold
/// a separator, a slash or a dot. A name is minted only here, and only what [#parse] reads was
/// minted here: nothing else below our root is ever touched.
///
/// @param framework as escaped, and cut when it was too long
/// @param executor likewise
public record RunName(String framework, String executor, RunId run) {
  /// Two of these, the UUID and two dots fit in a file name of 255 bytes.
  private static final int LONGEST_PART = 108;

  /// A cut takes up to two characters of an escape with it.
  private static final int SHORTEST_CUT = LONGEST_PART - 2;

  /// Ends a part that was cut; cannot come from escaping.
  private static final char CUT = '+';

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  public static RunName of(ExecutorId executor, RunId run) {
    return new RunName(escape(executor.framework()), escape(executor.name()), run);
  }

  /// Reads a cgroup's name; empty when it is not one of ours.
  public static Optional<RunName> parse(String name) {
    int second = name.lastIndexOf('.');
    int first = name.indexOf('.');
    if (first < 0 || first >= second) {
      return Optional.empty();
    }
    try {
      RunName parsed =
          new RunName(
              name.substring(0, first),
              name.substring(first + 1, second),
              RunId.parse(name.substring(second + 1)));
      return isMinted(parsed.framework) && isMinted(parsed.executor)
          ? Optional.of(parsed)
          : Optional.empty();
    } catch (IllegalArgumentException notOurs) {
      return Optional.empty();
    }
  }

  /// The ids that the name was made of; absent when one was cut.
  public Optional<ExecutorId> executorId() {
    Optional<String> first = unescape(framework);
    Optional<String> second = unescape(executor);
    return first.isPresent() && second.isPresent()
        ? Optional.of(new ExecutorId(first.get(), second.get()))
        : Optional.empty();
  }

  /// What an id becomes where it is part of a path: never empty, without `/`, never `.` or `..`, at
  /// most 108 bytes. Two long ids can become the same.
  public static String escape(String id) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : id.getBytes(StandardCharsets.UTF_8)) {
      if (isPlain((char) b)) {
        escaped.append((char) b);
      } else {
        escaped.append('%').append(HEX.toHexDigits(b));
      }
    }
    if (escaped.length() <= LONGEST_PART) {
      return escaped.toString();
    }
    int end = LONGEST_PART - 1;
    // Not in the middle of an escape.
    int percent = escaped.lastIndexOf("%", end);
    return escaped.substring(0, percent > end - 3 ? percent : end) + CUT;
  }

  private static Optional<String> unescape(String escaped) {
    if (escaped.indexOf(CUT) >= 0) {
      return Optional.empty();
    }
    byte[] bytes = new byte[escaped.length()];
    int count = 0;
    int at = 0;
    while (at < escaped.length()) {
      if (escaped.charAt(at) == '%') {
        bytes[count++] = (byte) HexFormat.fromHexDigits(escaped, at + 1, at + 3);
        at += 3;
      } else {
        bytes[count++] = (byte) escaped.charAt(at++);
      }
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, count)).toString());
    } catch (CharacterCodingException notMinted) {
      return Optional.empty();
    }
  }

  /// Whether [#escape] makes this part of some id.
  private static boolean isMinted(String part) {
    if (!isEscaped(part)) {
      return false;
    }
    if (part.charAt(part.length() - 1) == CUT) {
      return part.length() >= SHORTEST_CUT;
    }
    return unescape(part)
        .filter(id -> ExecutorId.isName(id) && escape(id).equals(part))
        .isPresent();
  }

  private static boolean isEscaped(String part) {
    int at = 0;
    while (at < part.length()) {
      char c = part.charAt(at);
      if (c == '%') {
        if (at + 3 > part.length()
            || !isUpperHex(part.charAt(at + 1))
            || !isUpperHex(part.charAt(at + 2))) {
          return false;
        }
        at += 3;
      } else if (isPlain(c) || (c == CUT && at == part.length() - 1)) {
        at++;
      } else {
        return false;
      }
    }
    return !part.isEmpty() && part.length() <= LONGEST_PART;
  }

  private static boolean isUpperHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-';
  }

  /// The cgroup's name.
  @Override
  public String toString() {
    return framework + "." + executor + "." + run;
  }
}

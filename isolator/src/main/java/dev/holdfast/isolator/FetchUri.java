package dev.holdfast.isolator;

import dev.holdfast.linux.ByteText;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A file that is to be in a run's sandbox before its program starts.
///
/// @param value a URI of http, https, ftp, ftps, hdfs, hftp or file, or a path
/// @param executable whether everybody may execute it, or else only read it
/// @param extract whether it is extracted too, when its name is that of an archive
/// @param sha256 what its SHA-256 must be, in lower case; absent for any
public record FetchUri(String value, boolean executable, boolean extract, Optional<String> sha256) {
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://");
  private static final Pattern PASSWORD = Pattern.compile("(://[^/@:]*):[^/@]*@");
  private static final Pattern OPTION = Pattern.compile(",([a-z0-9_]+)=([^,]*)$");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");
  private static final Pattern ESCAPE = Pattern.compile("%([0-9a-fA-F]{2})");
  private static final String LOCAL_HOST = "localhost";
  private static final int LONGEST_NAME = 255;

  /// By what it is brought.
  public enum Source {
    HTTP,
    FTP,
    /// By hadoop's own client.
    HADOOP,
    FILE
  }

  /// @throws IllegalArgumentException in one sentence
  public FetchUri {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("a URI is empty");
    }
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "the URI '" + value.replaceAll("\\p{Cntrl}", "?") + "' has a control character in it");
    }
    sha256 = sha256.map(sum -> sum.toLowerCase(Locale.ROOT));
    if (sha256.isPresent() && !SHA256.matcher(sha256.get()).matches()) {
      throw new IllegalArgumentException(
          "'" + sha256.get() + "' is not the 64 hex digits of a SHA-256");
    }
    String name = nameOf(value);
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      throw malformed(value, "it does not end with the name of a file");
    }
    if (ByteText.encode(name).length > LONGEST_NAME) {
      throw malformed(value, "the name of its file has more than " + LONGEST_NAME + " bytes");
    }
  }

  /// Reads `URI[,executable=true][,extract=false][,sha256=SUM]`, as the command line has it.
  ///
  /// @throws IllegalArgumentException in one sentence
  public static FetchUri parse(String text) {
    String value = text;
    boolean executable = false;
    boolean extract = true;
    Optional<String> sha256 = Optional.empty();
    for (Matcher option = OPTION.matcher(value); option.find(); option = OPTION.matcher(value)) {
      switch (option.group(1)) {
        case "executable" -> executable = truth("executable", option.group(2));
        case "extract" -> extract = truth("extract", option.group(2));
        case "sha256" -> sha256 = Optional.of(option.group(2));
        default -> {
          if (value.indexOf('?') >= 0) {
            return new FetchUri(value, executable, extract, sha256); // of the URI's own query
          }
          throw new IllegalArgumentException(
              "'" + option.group(1) + "' is not executable, extract or sha256");
        }
      }
      value = value.substring(0, option.start());
    }
    return new FetchUri(value, executable, extract, sha256);
  }

  private static boolean truth(String option, String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new IllegalArgumentException(option + ": '" + text + "' is not true or false");
    };
  }

  public Source source() {
    return source(value);
  }

  private static Source source(String value) {
    return switch (scheme(value)) {
      case "http", "https" -> Source.HTTP;
      case "ftp", "ftps" -> Source.FTP;
      case "hdfs", "hftp" -> Source.HADOOP;
      case "file", "" -> Source.FILE;
      default ->
          throw malformed(
              value, "files come by http, https, ftp, ftps, hdfs, hftp and file, and from paths");
    };
  }

  private static String scheme(String value) {
    Matcher matcher = SCHEME.matcher(value);
    return matcher.lookingAt() ? matcher.group(1).toLowerCase(Locale.ROOT) : "";
  }

  /// What it is called in the sandbox.
  public String fileName() {
    return nameOf(value);
  }

  private static String nameOf(String value) {
    return switch (source(value)) {
      case HTTP, FTP -> lastOf(remote(value).getRawPath());
      case HADOOP -> {
        requirePlain(value);
        int authority = value.indexOf("//") + 2;
        int path = value.indexOf('/', authority);
        yield path < 0 ? "" : lastOf(value.substring(path));
      }
      case FILE -> lastOf(localPath(value));
    };
  }

  private static String lastOf(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static URI remote(String value) {
    URI uri;
    try {
      uri = new URI(value);
    } catch (java.net.URISyntaxException e) {
      throw malformed(value, "it is not a URI (" + e.getReason() + ")");
    }
    if (uri.getHost() == null) {
      throw malformed(value, "it names no host");
    }
    return uri;
  }

  /// The path of a local file, as it was written: relative ones are below the operator's directory
  /// for them.
  ///
  /// @throws IllegalStateException for one that is not local
  public String path() {
    if (source() != Source.FILE) {
      throw new IllegalStateException(value + " is not local");
    }
    return localPath(value);
  }

  private static String localPath(String value) {
    if (scheme(value).isEmpty()) {
      requirePlain(value);
      return value;
    }
    String rest = value.substring(value.indexOf("//") + 2);
    if (rest.startsWith(LOCAL_HOST + "/")) {
      rest = rest.substring(LOCAL_HOST.length());
    }
    if (!rest.startsWith("/")) {
      throw malformed(value, "a file of another host cannot be read: write file:///PATH");
    }
    String path = unescaped(rest);
    requirePlain(path);
    return path;
  }

  private static String unescaped(String text) {
    byte[] bytes = ByteText.encode(text);
    String latin = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    String plain =
        ESCAPE
            .matcher(latin)
            .replaceAll(hit ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(hit.group(1), 16))));
    return ByteText.decode(plain.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
  }

  /// What Mesos refused, since it went through a shell, stays refused: no name is read in two ways.
  private static void requirePlain(String name) {
    if (name.chars().anyMatch(c -> c == '\\' || c == '\'' || c == '"' || c == 0)) {
      throw malformed(name.replace('\0', '?'), "it has a backslash, a quote or a NUL in it");
    }
  }

  private static IllegalArgumentException malformed(String value, String why) {
    return new IllegalArgumentException("the URI '" + shown(value) + "' is malformed: " + why);
  }

  /// For messages: without the password that may be in it.
  public String shown() {
    return shown(value);
  }

  private static String shown(String value) {
    return PASSWORD.matcher(value).replaceFirst("$1:***@");
  }
}

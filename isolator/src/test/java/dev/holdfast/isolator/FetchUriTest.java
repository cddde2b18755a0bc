package dev.holdfast.isolator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.Bytes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FetchUriTest {
  private static final String SUM = "0123456789abcdefABCDEF0123456789".repeat(2);

  @ParameterizedTest
  @CsvSource({
    "http://host/dir/a.tar.gz, HTTP, a.tar.gz",
    "HTTPS://host:8443/a?sig=x/y#part, HTTP, a",
    "https://me:secret@host/it's, HTTP, it's",
    "http://host/a%20b, HTTP, a%20b",
    "ftp://host/a, FTP, a",
    "ftps://host/d/a;type=i, FTP, a;type=i",
    "hdfs://name-node:9000/user/a b, HADOOP, a b",
    "hdfs:///a, HADOOP, a",
    "hftp://host/a$(b), HADOOP, a$(b)",
    "file:///etc/hosts, FILE, hosts",
    "file://localhost/etc/a%20b, FILE, a b",
    "/etc/hosts, FILE, hosts",
    "lib/tool, FILE, tool",
    "tool, FILE, tool",
  })
  void theSchemeSaysByWhatAndTheEndWhatItIsCalled(
      String text, FetchUri.Source source, String name) {
    FetchUri uri = FetchUri.parse(text);

    assertThat(uri.source()).isEqualTo(source);
    assertThat(uri.fileName()).isEqualTo(name);
    assertThat(uri.value()).isEqualTo(text);
    assertThat(uri.executable()).isFalse();
    assertThat(uri.extract()).isTrue();
    assertThat(uri.sha256()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://host",
        "http://host/",
        "http://host/dir/",
        "http://host?a/b",
        "http:///a",
        "http://ho st/a",
        "http://host/a\\b",
        "ftp://host/dir/",
        "hdfs://host",
        "hdfs://host/",
        "hdfs://host/it's",
        "hdfs://host/a\\b",
        "hdfs://host/\"a\"",
        "file:///dir/",
        "file://host/a",
        "file:///it%27s",
        "file:///a%00b",
        "file:///a%5cb",
        "it's",
        "/a\\b",
        "/dir/",
        "/dir/.",
        "/dir/..",
        "..",
        "s3://bucket/a",
        "gopher://host/a",
      })
  void whatCannotBeIsMalformed(String text) {
    assertThatThrownBy(() -> FetchUri.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the URI '")
        .hasMessageContaining("' is malformed: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a\u0000b", "http://h/a\tb", "/a\nb"})
  void noControlCharacterIsInIt(String text) {
    assertThatThrownBy(() -> FetchUri.parse(text))
        .hasMessageContaining("has a control character in it");
  }

  @Test
  void optionsFollowIt() {
    assertThat(FetchUri.parse("http://h/a,b?x=1,y=2,executable=true,sha256=" + SUM))
        .isEqualTo(
            new FetchUri(
                "http://h/a,b?x=1,y=2", true, true, Optional.of(SUM.toLowerCase(Locale.ROOT))));
    assertThat(FetchUri.parse("/a,b,extract=false").value()).isEqualTo("/a,b");
    assertThat(FetchUri.parse("/a,extract=false").extract()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "/a,extract=maybe | extract: 'maybe' is not true or false",
        "/a,executable= | executable: '' is not true or false",
        "/a,sha256=abc | 'abc' is not the 64 hex digits of a SHA-256",
        "/a,cache=true | 'cache' is not executable, extract or sha256",
        ",extract=true | a URI is empty",
      })
  void badOptionsAreNamed(String text, String message) {
    assertThatThrownBy(() -> FetchUri.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void noMessageTellsAPassword() {
    assertThat(FetchUri.parse("http://me:secret@h/a").shown()).isEqualTo("http://me:***@h/a");
    assertThat(FetchUri.parse("http://h/a@b:c").shown()).isEqualTo("http://h/a@b:c");
    assertThatThrownBy(() -> FetchUri.parse("http://me:secret@h/"))
        .message()
        .doesNotContain("secret");
  }

  @Test
  void relativePathsBeginWhereTheOperatorSays() {
    FetchConfig config =
        new FetchConfig(
            Optional.empty(),
            Optional.of(Path.of("/srv/frameworks")),
            Duration.ofSeconds(1),
            Bytes.ofMebibytes(1));

    assertThat(config.locate(FetchUri.parse("lib/tool")))
        .isEqualTo(Path.of("/srv/frameworks/lib/tool"));
    assertThat(config.locate(FetchUri.parse("/lib/tool"))).isEqualTo(Path.of("/lib/tool"));
    assertThat(config.locate(FetchUri.parse("file:///lib/a%20b"))).isEqualTo(Path.of("/lib/a b"));
    assertThatThrownBy(() -> FetchConfig.DEFAULT.locate(FetchUri.parse("lib/tool")))
        .isInstanceOf(IsolatorException.class)
        .hasMessageContaining("'lib/tool'")
        .hasMessageContaining("--frameworks-home");
  }
}

package dev.holdfast.fetcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Archives, honest and other.
final class ExtractionTest {
  @TempDir private Path directory;

  private Sandbox sandbox;

  @BeforeEach
  void makeSandbox() throws IOException {
    sandbox = new Sandbox(Files.createDirectory(directory.resolve("sandbox")));
  }

  private Path archive(String name) {
    return directory.resolve(name);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.tar", "a.tar.gz", "a.tgz", "a.tar.bz2", "a.tbz2", "a.tar.xz", "a.TXZ"})
  void everyKindOfTarIsExtractedAndKept(String name) throws Exception {
    Path tar =
        Archives.tar(
            archive(name),
            it -> {
              Archives.directory(it, "./d/", 0);
              Archives.add(it, "./d/program", 0104777, "#!/bin/sh\n");
              Archives.add(it, "d/e/größe", 0640, "text");
              Archives.link(it, "d/e/up", "../program");
              Archives.link(it, "d/e/beside", "./größe");
            });

    sandbox.fetch(Sandbox.file(tar));

    assertThat(sandbox.names())
        .containsExactly(name, "d", "d/e", "d/e/beside", "d/e/größe", "d/e/up", "d/program");
    assertThat(sandbox.text("d/e/beside")).isEqualTo("text");
    assertThat(sandbox.text("d/e/up")).isEqualTo("#!/bin/sh\n");
    assertThat(mode(sandbox.path("d"))).isEqualTo("rwxr-xr-x");
    assertThat(mode(sandbox.path("d/program"))).isEqualTo("rwxr-xr-x");
    assertThat(Files.getAttribute(sandbox.path("d/program"), "unix:mode")).isEqualTo(0100755);
    assertThat(mode(sandbox.path("d/e/größe"))).isEqualTo("rw-r-----");
  }

  @Test
  void zipsAreExtractedWithTheirModesAndLinks() throws Exception {
    Path zip =
        Archives.zip(
            archive("a.zip"),
            it -> {
              Archives.add(it, "d/", 040755, "");
              Archives.add(it, "d/program", 0100755, "x");
              Archives.add(it, "d/link", 0120777, "program");
              Archives.add(it, "plain", 0, "y");
            });

    sandbox.fetch(Sandbox.file(zip));

    assertThat(sandbox.names()).containsExactly("a.zip", "d", "d/link", "d/program", "plain");
    assertThat(Files.readSymbolicLink(sandbox.path("d/link"))).isEqualTo(Path.of("program"));
    assertThat(mode(sandbox.path("d/program"))).isEqualTo("rwxr-xr-x");
    assertThat(mode(sandbox.path("plain"))).isEqualTo("rw-r--r--");
  }

  @Test
  void whatShallNotBeExtractedIsNot() throws Exception {
    Path tar = Archives.tar(archive("a.tgz"), it -> Archives.add(it, "x", 0644, "x"));
    Job.Item plain = Sandbox.file(tar);

    sandbox.fetch(
        new Job.Item(
            plain.source(), false, false, Optional.empty(), plain.name(), plain.location()));

    assertThat(sandbox.names()).containsExactly("a.tgz");
  }

  @Test
  void theTimesAreThoseOfTheArchive() throws Exception {
    Path tar = Archives.tar(archive("a.tar"), it -> Archives.add(it, "x", 0644, "x"));
    Instant now = Instant.now();

    sandbox.fetch(Sandbox.file(tar));

    assertThat(Files.getLastModifiedTime(sandbox.path("x")).toInstant())
        .isBetween(now.minusSeconds(60), now);
  }

  @ParameterizedTest
  @CsvSource({
    "../evil, leads out of the sandbox",
    "a/../../evil, leads out of the sandbox",
    "a/.., leads out of the sandbox",
    "/tmp/evil, has an absolute name",
    "//evil, has an absolute name",
  })
  void namesThatLeadOutAreRefused(String name, String reason) throws Exception {
    Path tar = Archives.tar(archive("a.tar.gz"), it -> Archives.add(it, name, 0644, "x"));
    Path zip = Archives.zip(archive("a.zip"), it -> Archives.add(it, name, 0100644, "x"));

    for (Path each : new Path[] {tar, zip}) {
      assertThatThrownBy(() -> sandbox.fetch(Sandbox.file(each)))
          .isInstanceOf(FetchException.class)
          .hasMessage("cannot extract it: its entry '" + name + "' " + reason);
    }
    assertThat(sandbox.names()).allMatch(it -> it.startsWith("a"));
    assertThat(directory.resolve("evil")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "link, /etc/passwd",
    "link, ..",
    "link, ../x",
    "d/link, ../../x",
    "d/link, x/../../../y",
    "d/link, x/..",
    "d/link, ./../../x",
  })
  void linksThatLeadOutAreRefused(String name, String target) throws Exception {
    Path tar = Archives.tar(archive("a.tar"), it -> Archives.link(it, name, target));
    Path zip = Archives.zip(archive("a.zip"), it -> Archives.add(it, name, 0120777, target));

    for (Path each : new Path[] {tar, zip}) {
      assertThatThrownBy(() -> sandbox.fetch(Sandbox.file(each)))
          .hasMessage(
              "cannot extract it: its entry '"
                  + name
                  + "' is a link out of the sandbox, to '"
                  + target
                  + "'");
    }
    assertThat(sandbox.path(name)).doesNotExist();
  }

  @Test
  void nothingIsWrittenThroughALink() throws Exception {
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.createSymbolicLink(sandbox.path("mine"), outside);
    Files.createSymbolicLink(sandbox.path("file"), outside.resolve("target"));
    Path through = Archives.tar(archive("a.tar"), it -> Archives.add(it, "mine/x", 0644, "x"));
    Path onto = Archives.tar(archive("b.tar"), it -> Archives.add(it, "file", 0644, "x"));
    Path own =
        Archives.tar(
            archive("c.tar"),
            it -> {
              Archives.link(it, "l", "d");
              Archives.add(it, "l/x", 0644, "x");
            });

    assertThatThrownBy(() -> sandbox.fetch(Sandbox.file(through)))
        .hasMessageContaining("'mine/x' goes through the link 'mine'");
    assertThatThrownBy(() -> sandbox.fetch(Sandbox.file(own)))
        .hasMessageContaining("'l/x' goes through the link 'l'");
    sandbox.fetch(Sandbox.file(onto));

    assertThat(outside).isEmptyDirectory();
    assertThat(sandbox.path("file")).isRegularFile().hasContent("x");
  }

  @ParameterizedTest
  @CsvSource({
    "1, is a hard link", // TarConstants.LF_LINK …
    "3, is neither a file nor a directory nor a link",
    "4, is neither a file nor a directory nor a link",
    "6, is neither a file nor a directory nor a link",
  })
  void otherThingsThanFilesAreRefused(char type, String reason) throws Exception {
    assertThat((char) TarConstants.LF_LINK).isEqualTo('1');
    Path tar =
        Archives.tar(
            archive("a.tar"), it -> Archives.special(it, "thing", (byte) type, "/etc/passwd"));

    assertThatThrownBy(() -> sandbox.fetch(Sandbox.file(tar)))
        .hasMessage("cannot extract it: its entry 'thing' " + reason);
  }

  @Test
  void devicesInZipsAreRefused() throws Exception {
    Path zip = Archives.zip(archive("a.zip"), it -> Archives.add(it, "dev", 020666, ""));

    assertThatThrownBy(() -> sandbox.fetch(Sandbox.file(zip)))
        .hasMessageContaining("'dev' is neither a file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.tar.gz", "a.tar.bz2", "a.tar.xz"})
  void aBombIsStopped(String name) throws Exception {
    Path tar = Archives.tar(archive(name), it -> Archives.zeros(it, "zeros", 80L << 20));

    assertThatThrownBy(() -> sandbox.fetch(Sandbox.file(tar)))
        .hasMessage("cannot extract it: it holds more than 200 times its own size");
    assertThat(Files.size(sandbox.path("zeros"))).isLessThanOrEqualTo(64L << 20);
  }

  @Test
  void theSizeLimitIsForWhatIsExtractedToo() throws Exception {
    sandbox.sizeLimit = 1 << 20;
    Path tar = Archives.tar(archive("a.tgz"), it -> Archives.zeros(it, "zeros", 2L << 20));

    assertThatThrownBy(() -> sandbox.fetch(Sandbox.file(tar)))
        .hasMessage("it is more than the limit of 1048576 bytes in all");
  }

  @Test
  void anArchiveWithTooManyEntriesIsRefused() throws Exception {
    Path one = Archives.tar(archive("one.tar"), it -> Archives.directory(it, "./", 0755));
    // Behind the two blocks of its PAX header.
    byte[] entry = Arrays.copyOfRange(Files.readAllBytes(one), 1024, 1536);
    Path tar = archive("a.tar.gz");
    try (OutputStream many = new GZIPOutputStream(Files.newOutputStream(tar))) {
      for (int i = 0; i <= 500_000; i++) {
        many.write(entry);
      }
    }

    assertThatThrownBy(() -> sandbox.fetch(Sandbox.file(tar)))
        .hasMessage("it has more than 500000 entries");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.tar", "a.tgz", "a.tbz2", "a.txz", "a.zip"})
  void whatIsNoArchiveIsOneSentence(String name) throws Exception {
    Path file = Files.writeString(archive(name), "<html>no archive</html>".repeat(100));

    assertThatThrownBy(() -> sandbox.fetch(Sandbox.file(file)))
        .isInstanceOf(FetchException.class)
        .message()
        .startsWith("cannot extract it: ")
        .doesNotContain("\n");
    assertThat(sandbox.names()).containsExactly(name);
  }

  @Test
  void aDamagedArchiveIsOneSentence() throws Exception {
    Path tar = Archives.tar(archive("a.tgz"), it -> Archives.add(it, "x", 0644, "x".repeat(9999)));
    byte[] bytes = Files.readAllBytes(tar);
    Files.write(tar, Arrays.copyOf(bytes, bytes.length - 12));

    assertThatThrownBy(() -> sandbox.fetch(Sandbox.file(tar)))
        .isInstanceOf(FetchException.class)
        .hasMessageStartingWith("cannot extract it: ");
  }

  @Test
  void aDirectoryIsNotReplacedByAFile() throws Exception {
    Files.createDirectory(sandbox.path("x"));
    Path tar = Archives.tar(archive("a.tar"), it -> Archives.add(it, "x", 0644, "x"));

    assertThatThrownBy(() -> sandbox.fetch(Sandbox.file(tar)))
        .hasMessage("cannot extract it: its entry 'x' is where a directory is");
  }
}

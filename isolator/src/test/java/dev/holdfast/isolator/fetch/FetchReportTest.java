package dev.holdfast.isolator.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.isolator.FetchConfig;
import dev.holdfast.isolator.FetchUri;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Run;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class FetchReportTest {
  private static final List<FetchUri> URIS =
      List.of(FetchUri.parse("http://h/a"), FetchUri.parse("ftp://me:secret@h/b,executable=true"));

  private final FetchReport report = new FetchReport(URIS);

  private void say(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    report.add(bytes, bytes.length);
  }

  @Test
  void progressIsThatOfTheLastLine() {
    assertThat(report.progress()).isEmpty();
    say("fetch\t0\t0\t-1\nfetch\t1\t5\t10");
    assertThat(report.progress())
        .contains(new Run.FetchProgress("http://h/a", false, 0, OptionalLong.empty()));
    say("0\n");
    assertThat(report.progress())
        .contains(new Run.FetchProgress("ftp://me:***@h/b", false, 5, OptionalLong.of(100)));
    say("extract\t1\t7\n");
    assertThat(report.progress())
        .contains(new Run.FetchProgress("ftp://me:***@h/b", true, 7, OptionalLong.empty()));
    assertThat(report.isDone()).isFalse();
    say("done\n");
    assertThat(report.isDone()).isTrue();
    assertThat(report.failure()).isEmpty();
  }

  @Test
  void aFailureNamesItsFile() {
    say("fetch\t1\t0\t-1\nfailed\t0\tthe server answered 404\n");

    assertThat(report.failure()).contains("the server answered 404");
    assertThat(report.uri()).isEqualTo(URIS.getFirst());
  }

  @Test
  void whatJavaSaysIsAReasonIfThereIsNoOther() {
    say("Error occurred during initialization of VM\n\n");
    assertThat(report.failure()).contains("Error occurred during initialization of VM");
    say("failed\t0\tstalled\n");
    assertThat(report.failure()).contains("stalled");
  }

  /// The user's own processes can say anything there.
  @Test
  void nonsenseDoesNoHarm() {
    say("fetch\nfetch\t9\t1\t1\nfetch\t0\tx\t1\nfailed\t-1\tx\nfailed\nextract\t0\n\t\t\n");
    say("x".repeat(1_000_000));
    say("\n");

    assertThat(report.progress()).isEmpty();
    assertThat(report.isDone()).isFalse();
    assertThat(report.failure()).hasValueSatisfying(it -> assertThat(it).hasSizeLessThan(3000));
  }

  @Test
  void theJobHasOneLineForEachFile() {
    assertThat(FetchJob.format(URIS, FetchConfig.DEFAULT))
        .isEqualTo(
            """
            stall-millis\t60000
            size-limit\t10737418240
            file\tHTTP\tfalse\ttrue\t-\ta\thttp://h/a
            file\tFTP\ttrue\ttrue\t-\tb\tftp://me:secret@h/b
            end
            """);
  }

  @Test
  void aJobThatIsTooLongIsRefused() {
    List<FetchUri> many = Collections.nCopies(1000, FetchUri.parse("http://h/" + "a".repeat(100)));

    assertThatThrownBy(() -> FetchJob.format(many, FetchConfig.DEFAULT))
        .isInstanceOf(IsolatorException.class)
        .hasMessageContaining("at most 65536 are possible");
  }
}

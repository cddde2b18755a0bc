package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Holdfast;
import dev.holdfast.testkit.AnyLayout;
import dev.holdfast.testkit.KernelTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What cannot be done is refused in one line before anything is touched.
@AnyLayout
@KernelTest
final class BadInputTest {
  @RegisterExtension final Ground ground = new Ground();

  /// Option, its value, and a word that the message has to have beside them.
  @ParameterizedTest
  @CsvSource({
    "--cpus,               0,           more than 0",
    "--cpus,               -1,          -1",
    "--cpus,               abc,         abc",
    "--cpus,               '',          ''",
    "--cpus,               NaN,         NaN",
    "--cpus,               1e9,         1e9",
    "--cpus,               5000,        this machine has",
    "--cpus,               99999999999999999999, 99999999999999999999",
    "--cpuset-cpus,        999,         does not exist",
    "--cpuset-cpus,        0-999,       does not exist",
    "--cpuset-cpus,        1-0,         1-0",
    "--cpuset-cpus,        x,           x",
    "--cpuset-cpus,        '',          ''",
    "--cpu-mode,           fast,        fast",
    "--cpu-mode,           quota,       cpus",
    "--cpu-mode,           pinned,      cpus",
    "--cpu-burst,          10ms,        quota",
    "--memory,             0,           more than 0",
    "--memory,             -5m,         -5m",
    "--memory,             12q,         12q",
    "--memory,             '',          ''",
    "--memory,             99999999999999999999g, 99999999999999999999g",
    "--memory-swap,        64m,         memory",
    "--memory-reservation, -1,          -1",
    "--pids-limit,         0,           0",
    "--pids-limit,         -3,          -3",
    "--pids-limit,         many,        many",
    "--timeout,            0s,          more than 0",
    "--timeout,            soon,        soon",
    "--timeout,            -1s,         -1s",
    "--cpu-timeout,        0,           more than 0",
    "--stop-timeout,       -1s,         -1s",
    "--oom,                maybe,       maybe",
    "--user,               nosuchuser,  nosuchuser",
    "--user,               12345,       12345",
    "--user,               root:nosuch, nosuch",
    "--user,               '',          ''",
    "--user,               -1:0,        -1",
    "--user,               4294967295:0, 4294967295",
    "--workdir,            /no/such,    /no/such",
    "--workdir,            /etc/passwd, not a directory",
    "--env,                =x,          =x",
    "--env-file,           /no/such,    /no/such",
    "--ulimit,             nofile,      nofile",
    "--ulimit,             nofile=9:5,  nofile",
    "--ulimit,             nosuch=1,    nosuch",
    "--label,              x,           x",
    "--verdict,            /no/such/f,  /no/such",
    "--name,               '',          empty",
    "--framework,          '',          empty",
    "--no-such-option,     x,           no-such-option",
  })
  void ofAnOptionIsRefused(String option, String value, String word) {
    Finished run = assertRefused(ground.run(option, value, "--", "touch", "ran"));

    assertThat(run.err()).contains(word);
    assertThat(ground.file("ran")).doesNotExist();
  }

  @Test
  void withoutACommandIsRefused() {
    assertRefused(ground.run("--memory", "64m"));
    assertRefused(ground.run("--memory", "64m", "--"));
    assertRefused(ground.run("--", ""));
    assertRefused(ground.run("--memory"));
  }

  @Test
  void thatContradictsItselfIsRefused() {
    assertRefused(ground.run("--memory", "64m", "--memory-swap", "32m", "true"));
    assertRefused(ground.run("--memory", "64m", "--memory-reservation", "65m", "true"));
    assertRefused(
        ground.run("--cpus", "0.5", "--cpu-mode", "quota", "--cpu-burst", "60ms", "true"));
    assertRefused(ground.run("--cpus", "1", "--cpu-mode", "pinned", "--cpuset-cpus", "0", "true"));
  }

  @Test
  void newlinesStayOnOneLine() {
    assertRefused(ground.run("--cpus", "a\nb", "true"));
    assertRefused(ground.run("--user", "a\nb", "true"));
    assertRefused(ground.run("--workdir", "/a\nb", "true"));
    assertRefused(ground.run("--name", "a\nb", "true"));
    assertRefused(ground.run("--no\nsuch", "true"));
  }

  @Test
  void verbIsNamed() {
    assertThat(assertRefused(ground.holdfast("nosuchverb")).err()).contains("nosuchverb");
    assertRefused(ground.holdfast("doctor", "--format", "xml"));
    assertRefused(ground.holdfast("completion", "csh"));
  }

  @Test
  void withoutRootIsRefused() {
    // The checkout may be where nobody else may look.
    Finished run =
        assertRefused(
            ground
                .run("true")
                .behind(
                    "setpriv",
                    "--reuid=65534",
                    "--regid=65534",
                    "--clear-groups",
                    "--inh-caps=+dac_read_search",
                    "--ambient-caps=+dac_read_search"));

    assertThat(run.err()).contains("root");
  }

  @ParameterizedTest
  @ValueSource(strings = {"relative", ""})
  void runtimeDirectoryMustBeAbsolute(String path) {
    Finished run = assertRefused(ground.run("true").variable("HOLDFAST_RUNTIME_DIR", path));

    assertThat(run.err()).contains("HOLDFAST_RUNTIME_DIR");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../up", "", "/", "a/../../b", "a\nb"})
  void cgroupsRootMustBeAPathInTheHierarchy(String path) {
    Finished run = assertRefused(ground.run("true").variable("HOLDFAST_CGROUPS_ROOT", path));

    assertThat(run.err()).contains("HOLDFAST_CGROUPS_ROOT");
  }

  @ParameterizedTest
  @CsvSource({
    "ro,                 read-only",
    "'size=4k,nr_inodes=1', space",
  })
  void runtimeDirectoryThatTakesNoFileIsToldAndLeavesNoCgroup(String options, String word) {
    Finished run = assertOneLine(ground.run("true").afterMounting(mount(options)));

    assertThat(run.err()).containsIgnoringCase(word).contains(ground.runtime().toString());
  }

  @Test
  void fullRuntimeDirectoryIsToldAndLeavesNoCgroup() {
    String script =
        mount("size=4k")
            + "; head -c 4096 /dev/zero >$HOLDFAST_RUNTIME_DIR/full; "
            + ground.run("touch", "ran").shellWords()
            + "; code=$?; ls -R $HOLDFAST_RUNTIME_DIR >left; exit $code";
    Finished call = ground.run().start("unshare", "--mount", "sh", "-c", script).await();

    assertThat(call.expect(125).errLines()).hasSize(1);
    assertThat(call.err()).containsIgnoringCase("no space left");
    assertThat(ground.file("ran")).doesNotExist();
    assertThat(ground.file("left")).content().doesNotContainPattern("[0-9a-f]{8}-");
  }

  @Test
  void directoryThatFillsUpMeanwhileDoesNotCostTheExitCode() {
    String fill = "cat /dev/zero 2>/dev/null >%s/full; exit 7".formatted(ground.runtime());

    ground.run("sh", "-c", fill).afterMounting(mount("size=64k")).finish().expect(7);
  }

  private static String mount(String options) {
    return "mkdir $HOLDFAST_RUNTIME_DIR; mount -t tmpfs -o "
        + options
        + " tmpfs $HOLDFAST_RUNTIME_DIR";
  }

  @Test
  void refusalIsInTheVerdict() {
    Finished run = ground.run("--cpuset-cpus", "999", "true").withVerdict().finish().expect(125);

    assertThat(run.errLines()).hasSize(1);
    assertThat(run.verdict().text("verdict")).isEqualTo("launch_failed");
    assertThat(run.verdict().count("exit_code")).isEqualTo(125);
    assertThat(run.err()).isEqualTo("holdfast: " + run.verdict().text("why") + "\n");
  }

  @Test
  void memoryBelowTheFloorIsRaisedWithANotice() {
    Finished run = ground.run("--memory", "5m", "true").withVerdict().finish().expect(0);

    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err()).startsWith("holdfast: ").contains("5 MiB", "32 MiB");
    assertThat(run.verdict().count("usage.memory_limit_bytes")).isEqualTo(32 << 20);
  }

  private Finished assertRefused(Holdfast call) {
    Finished run = assertOneLine(call);
    assertThat(ground.runtime()).doesNotExist();
    return run;
  }

  private Finished assertOneLine(Holdfast call) {
    Finished run = call.finish().expect(125);
    assertThat(run.out()).isEmpty();
    assertThat(run.errLines()).as(run.err()).hasSize(1);
    assertThat(run.err()).startsWith("holdfast: ").doesNotContain("Exception", "defect", "\tat ");
    List<String> made = new ArrayList<>();
    ground.cgroups().forEach(it -> made.add(it.toString()));
    assertThat(made).isEmpty();
    return run;
  }
}

package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.Credentials;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.FetchUri;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.OomMode;
import dev.holdfast.isolator.Policy;
import dev.holdfast.isolator.ResourceLimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class RunOptionsTest {
  @TempDir private Path directory;

  private static RunOptions options(String... words) {
    return new RunOptions(Help.commandLine(new RunVerb()).parseArgs(words));
  }

  /// The spec of these options and `true`.
  private static ExecutorSpec spec(String... options) {
    List<String> words = new ArrayList<>(List.of(options));
    words.add("true");
    return options(words.toArray(String[]::new)).toSpec();
  }

  private static Limits limits(String... options) {
    return spec(options).limits();
  }

  @Test
  void withoutOptionsTheCommandRunsAsRootWithoutLimits() {
    ExecutorSpec spec = spec();

    assertThat(spec.command()).containsExactly("true");
    assertThat(spec.id()).isEqualTo(new ExecutorId("default", "true"));
    assertThat(spec.limits()).isEqualTo(Limits.NONE);
    assertThat(spec.credentials()).isEqualTo(Credentials.ROOT);
    assertThat(spec.stopTimeout()).isEqualTo(Policy.STOP_TIMEOUT);
    assertThat(spec.oomMode()).isEqualTo(OomMode.REPORT);
    assertThat(spec.timeout()).isEmpty();
    assertThat(options("true").verdictFile()).isEmpty();
    assertThat(options("true").askedMemory()).isEmpty();
  }

  @Test
  void filesToFetchAreKeptInTheirOrder() {
    assertThat(spec("--uri", "http://h/a.tgz,extract=false", "--uri=/b,executable=true").uris())
        .containsExactly(
            new FetchUri("http://h/a.tgz", false, false, Optional.empty()),
            new FetchUri("/b", true, true, Optional.empty()));
    assertThat(spec().uris()).isEmpty();
    assertThatThrownBy(() -> spec("--uri", "gopher://h/a"))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--uri: the URI 'gopher://h/a' is malformed: ");
  }

  @Test
  void aRunIsNamedAfterItsProgramUnlessItHasAName() {
    assertThat(options("/usr/bin/make").toSpec().id().name()).isEqualTo("make");
    assertThat(options("./a.sh", "x").toSpec().id().name()).isEqualTo("a.sh");
    assertThat(options("/").toSpec().id().name()).isEqualTo("run");
    assertThat(spec("--name", "build", "--framework", "ci").id())
        .isEqualTo(new ExecutorId("ci", "build"));
  }

  @Test
  void labelsAreKept() {
    assertThat(spec("--label", "a=1", "--label", "b=x=y", "--label", "c=").labels())
        .containsExactly(
            java.util.Map.entry("a", "1"),
            java.util.Map.entry("b", "x=y"),
            java.util.Map.entry("c", ""));
  }

  @Test
  void cpusMayBeAClaimACapOrCpusOfItsOwn() {
    assertThat(limits("--cpus", "0.5").cpus()).contains(Cpus.parse("0.5"));
    assertThat(limits("--cpus", "0.5").cpuMode()).isEqualTo(CpuMode.SHARES);
    assertThat(limits("--cpus", "1", "--cpu-mode", "shares").cpuMode()).isEqualTo(CpuMode.SHARES);
    assertThat(limits("--cpus", "1", "--cpu-mode", "quota").cpuMode()).isEqualTo(CpuMode.QUOTA);
    assertThat(limits("--cpus", "1", "--cpu-mode", "pinned").cpuMode()).isEqualTo(CpuMode.PINNED);
    assertThat(limits("--cpus", "1", "--cpu-mode", "quota", "--cpu-burst", "20ms").cpuBurst())
        .contains(Duration.ofMillis(20));
    assertThat(limits("--cpuset-cpus", "0-2,5").cpusetCpus()).contains(CpuSet.parse("0-2,5"));
  }

  @Test
  void memoryIsASize() {
    assertThat(limits("--memory", "512m").memory()).contains(Bytes.ofMebibytes(512));
    assertThat(limits("-m", "1.5g").memory()).contains(Bytes.ofMebibytes(1536));
    assertThat(limits("-m64m").memory()).contains(Bytes.ofMebibytes(64));
    assertThat(limits("--memory=64m").memory()).contains(Bytes.ofMebibytes(64));
    assertThat(limits("-m", "64m", "--memory-reservation", "32m").memoryReservation())
        .contains(Bytes.ofMebibytes(32));
    assertThat(options("-m", "1m", "true").askedMemory()).contains(Bytes.ofMebibytes(1));
  }

  @Test
  void swapMayBeLimitedOrNot() {
    assertThat(limits("-m", "64m", "--memory-swap", "128m").memoryAndSwap())
        .contains(Limit.at(Bytes.ofMebibytes(128)));
    assertThat(limits("-m", "64m", "--memory-swap", "-1").memoryAndSwap())
        .contains(Limit.unlimited());
    assertThat(limits("-m", "64m", "--memory-swap=-1").memoryAndSwap()).contains(Limit.unlimited());
    assertThat(limits("-m", "64m").memoryAndSwap()).isEmpty();
  }

  @Test
  void theRestIsTakenToo() {
    ExecutorSpec spec =
        spec(
            "--pids-limit",
            "100",
            "--timeout",
            "10s",
            "--cpu-timeout",
            "1m",
            "--stop-timeout",
            "0",
            "--oom",
            "kernel",
            "--user",
            "0:0",
            "--workdir",
            "/tmp",
            "--ulimit",
            "nofile=1024",
            "--ulimit",
            "core=0:unlimited",
            "-e",
            "A=1",
            "--no-agent");

    assertThat(spec.limits().pids()).contains(100L);
    assertThat(spec.timeout()).contains(Duration.ofSeconds(10));
    assertThat(spec.cpuTimeout()).contains(Duration.ofMinutes(1));
    assertThat(spec.stopTimeout()).isEqualTo(Duration.ZERO);
    assertThat(spec.oomMode()).isEqualTo(OomMode.KERNEL);
    assertThat(spec("--oom", "report").oomMode()).isEqualTo(OomMode.REPORT);
    assertThat(spec.credentials()).isEqualTo(new Credentials(0, 0, List.of(0)));
    assertThat(spec.workDirectory()).contains(Path.of("/tmp"));
    assertThat(spec.resourceLimits())
        .containsExactly(
            ResourceLimit.parse("nofile=1024"), ResourceLimit.parse("core=0:unlimited"));
    assertThat(spec.environment()).containsEntry("A", "1");
  }

  @Test
  void aRelativeDirectoryIsFromHere() {
    // not normalized: a may be a symbolic link
    assertThat(spec("-w", "a/../b").workDirectory())
        .contains(Path.of("").toAbsolutePath().resolve("a/../b"));
  }

  @Test
  void ofAnOptionGivenTwiceTheLastCounts() {
    assertThat(limits("-m", "64m", "--memory", "128m").memory()).contains(Bytes.ofMebibytes(128));
  }

  @Test
  void aVerdictFileIsWhereItCanBeWritten() {
    assertThat(options("--verdict", directory.resolve("v.json").toString(), "true").verdictFile())
        .isPresent();
    assertThatThrownBy(() -> options("--verdict", "/nonexistent/dir/v.json", "true").verdictFile())
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--verdict: ")
        .hasMessageContaining("/nonexistent/dir");
    assertThatThrownBy(() -> options("--verdict", directory.toString(), "true").verdictFile())
        .isInstanceOf(UsageException.class)
        .hasMessage("--verdict: " + directory + " is a directory");
    assertThat(Files.exists(directory.resolve("v.json"))).isFalse();
  }

  // What follows the command.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo --memory 5",
        "echo -- a",
        "echo --help",
        "echo -h",
        "echo -e A=1 --bogus",
        "echo --user nobody-at-all",
        "@file",
        "echo @file @@x",
        "echo \"quoted\" 'too'",
        "echo a=b =",
        "echo -1 -- --",
        "echo ${sys:user.home} %s \\",
      })
  void whatFollowsTheCommandIsTheCommands(String line) {
    List<String> command = List.of(line.split(" ", -1));
    List<String> words = new ArrayList<>(List.of("-m", "64m"));
    words.addAll(command);

    ExecutorSpec spec = options(words.toArray(String[]::new)).toSpec();

    assertThat(spec.command()).isEqualTo(command);
    assertThat(spec.limits().memory()).contains(Bytes.ofMebibytes(64));
  }

  @Test
  void anEmptyArgumentIsAnArgument() {
    assertThat(options("echo", "", "a b", "").toSpec().command())
        .containsExactly("echo", "", "a b", "");
  }

  @Test
  void twoDashesEndTheOptions() {
    assertThat(options("-m", "64m", "--", "echo", "-m", "1").toSpec().command())
        .containsExactly("echo", "-m", "1");
    assertThat(options("--", "-x").toSpec().command()).containsExactly("-x");
    assertThat(options("--", "--help").toSpec().command()).containsExactly("--help");
    assertThat(options("--", "echo", "--").toSpec().command()).containsExactly("echo", "--");
  }

  // What does not fit.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--cpus|nonsense",
        "--cpus|-1",
        "--cpus|0",
        "--cpus|1e3",
        "--cpus|0.0001",
        "--cpus|",
        "--cpu-mode|fast",
        "--cpu-mode|QUOTA",
        "--cpu-burst|soon",
        "--cpuset-cpus|a",
        "--cpuset-cpus|3-1",
        "--cpuset-cpus|",
        "--memory|much",
        "--memory|-1",
        "--memory|0",
        "--memory|1x",
        "--memory-reservation|some",
        "--memory-swap|-2",
        "--memory-swap|none",
        "--pids-limit|x",
        "--pids-limit|0",
        "--pids-limit|-1",
        "--pids-limit|1.5",
        "--pids-limit|99999999999999999999",
        "--timeout|never",
        "--timeout|0",
        "--timeout|-1s",
        "--cpu-timeout|x",
        "--cpu-timeout|0s",
        "--stop-timeout|x",
        "--stop-timeout|-1",
        "--oom|panic",
        "--user|nobody-at-all",
        "--user|12345678",
        "--user|root:nobody-at-all|nobody-at-all",
        "--user|:0|''",
        "--user|-1:0|-1",
        "--user|4294967295:0|4294967295",
        "--ulimit|nofile",
        "--ulimit|files=1",
        "--ulimit|nofile=2:1|the soft limit 2 of nofile is above the hard limit 1",
        "--label|x",
        "--label|=x",
        "--env|=x",
        "--env-file|/nonexistent",
        "--name|",
        "--framework|",
      })
  void aBadValueIsNamedWithItsOption(String words) {
    String[] parts = words.split("\\|", -1);
    String option = parts[0];
    String value = parts[1];

    assertThatThrownBy(() -> spec(option, value))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(option + ": ")
        .hasMessageContaining(parts.length > 2 ? parts[2] : value)
        .satisfies(
            e -> assertThat(e.getMessage()).doesNotContain("dev.holdfast", "Exception", "enum"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--cpu-mode quota|the cpu mode quota needs a number of cpus",
        "--cpu-burst 5ms|a cpu burst needs the cpu mode quota",
        "--cpus 1 --cpu-mode pinned --cpuset-cpus 0|the cpu mode pinned chooses the cpus itself",
        "-m 64m --memory-reservation 65m|the memory reservation, 65 MiB, is above the memory limit, 64 MiB",
        "-m 64m --memory-swap 63m|memory and swap together, 63 MiB, is below the limit on memory, 64 MiB",
        "--memory-swap 64m|a limit on swap needs a limit on memory",
      })
  void optionsThatDoNotGoTogetherAreExplained(String line, String why) {
    assertThatThrownBy(() -> spec(line.split(" ", -1)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(why);
  }

  @Test
  void everyOptionIsTestedHere() {
    Set<String> tested =
        new TreeSet<>(
            Set.of(
                "--name",
                "--framework",
                "--label",
                "--detach",
                "--agent",
                "--no-agent",
                "--cpus",
                "--cpu-mode",
                "--cpu-burst",
                "--cpuset-cpus",
                "--memory",
                "--memory-reservation",
                "--memory-swap",
                "--pids-limit",
                "--timeout",
                "--cpu-timeout",
                "--stop-timeout",
                "--oom",
                "--user",
                "--workdir",
                "--env",
                "--env-file",
                "--ulimit",
                "--uri",
                "--verdict",
                "--help"));
    Set<String> all = new TreeSet<>();
    for (OptionSpec option : Help.commandLine(new RunVerb()).getCommandSpec().options()) {
      all.add(option.longestName());
    }

    assertThat(all).isEqualTo(tested);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--bogus x", "--memor 64m x", "--memory", "-m"})
  void wordsThatAreNoOptionsAreRefusedByTheParser(String line) {
    assertThatThrownBy(() -> options(line.split(" ", -1)))
        .isInstanceOf(CommandLine.ParameterException.class);
  }

  @Test
  void noCommandIsRefused() {
    for (String[] words : List.of(new String[0], new String[] {"-m", "64m"}, new String[] {""})) {
      assertThatThrownBy(() -> options(words).toSpec())
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("there is no command to run");
    }
  }

  @Test
  void aProgramOfAnyNameGivesARunAName() {
    assertThat(options("/a/\u001b[31m").toSpec().id().name()).isEqualTo("?[31m");
    assertThat(options("\udce9x").toSpec().id().name()).isEqualTo("?x");
    assertThat(options("x".repeat(300)).toSpec().id().name()).startsWith("xxx");
    for (int plain = 0; plain < 3; plain++) {
      String program = "x".repeat(plain) + "\ud83d\ude00".repeat(200);
      assertThat(options(program).toSpec().id().name()).isNotEmpty();
    }
  }
}

package dev.holdfast.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.FetchConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentConfigTest {
  @TempDir Path directory;

  private static AgentConfig read(Map<String, String> environment, String... words) {
    return AgentOptions.read(words, environment).orElseThrow();
  }

  private static AgentConfig read(String... words) {
    return read(Map.of(), words);
  }

  @Test
  void withoutAWordItIsAsDocumented() {
    AgentConfig config = read();
    assertThat(config.workDirectory()).isEqualTo(Path.of("/var/lib/holdfast"));
    assertThat(config.socket()).isEqualTo(Path.of("/run/holdfast/agent.sock"));
    assertThat(config.cgroupsRoot()).hasToString("holdfast");
    assertThat(config.destroyTimeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(config.gcDelay()).isEqualTo(Duration.ofDays(7));
    assertThat(config.interval()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.stopTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.strict()).isTrue();
    assertThat(config.switchUser()).isTrue();
    assertThat(config.overcommit()).isFalse();
    assertThat(config.logSize()).isEqualTo(Bytes.ofMebibytes(10));
    assertThat(config.logFiles()).isEqualTo(3);
    assertThat(config.cpuMode()).isEqualTo(CpuMode.SHARES);
    assertThat(config.resources().cpus()).isEmpty();
    assertThat(config.http()).isEmpty();
    assertThat(config.recover()).isEqualTo(AgentConfig.Recover.RECONNECT);
  }

  @Test
  void theCommandLineBeatsTheEnvironmentAndThatBeatsTheFile() throws Exception {
    Path file = directory.resolve("agent.conf");
    Files.writeString(
        file, "# a comment\n\nwork-dir = /file\nruntime_dir=/file\ngc-delay = 3d\nstrict=false\n");
    AgentConfig config =
        read(
            Map.of("HOLDFAST_WORK_DIR", "/env", "HOLDFAST_RUNTIME_DIR", "/env"),
            "--config",
            file.toString(),
            "--work-dir=/flag");

    assertThat(config.workDirectory()).isEqualTo(Path.of("/flag"));
    assertThat(config.runtimeDirectory()).isEqualTo(Path.of("/env"));
    assertThat(config.gcDelay()).isEqualTo(Duration.ofDays(3));
    assertThat(config.strict()).isFalse();
  }

  @Test
  void theFileCanBeNamedInTheEnvironment() throws Exception {
    Path file = directory.resolve("agent.conf");
    Files.writeString(file, "resources = cpus:2;mem:64.5");
    AgentConfig config = read(Map.of("HOLDFAST_CONFIG", file.toString()));
    assertThat(config.resources().cpus()).contains(Cpus.ofWhole(2));
    assertThat(config.resources().memory()).contains(new Bytes(67633152));
  }

  @Test
  void switchesAreOnOffOrGivenAWord() {
    assertThat(read("--overcommit").overcommit()).isTrue();
    assertThat(read("--no-strict").strict()).isFalse();
    assertThat(read("--strict").strict()).isTrue();
    assertThat(read("--switch-user=false").switchUser()).isFalse();
    assertThat(read("--no-switch-user").switchUser()).isFalse();
    assertThat(read("--cgroups-enable-cfs").cpuMode()).isEqualTo(CpuMode.QUOTA);
    assertThat(read(Map.of("HOLDFAST_OVERCOMMIT", "1")).overcommit()).isTrue();
    assertThat(read(Map.of("HOLDFAST_STRICT", "false"), "--strict").strict()).isTrue();
  }

  @Test
  void fetchingIsSetUp() {
    assertThat(read().fetch()).isEqualTo(FetchConfig.DEFAULT);
    assertThat(
            read(
                    "--hadoop-home=/opt/hadoop",
                    "--frameworks-home=/srv/frameworks",
                    "--fetcher-stall-timeout=5s",
                    "--fetcher-size-limit=1g")
                .fetch())
        .isEqualTo(
            new FetchConfig(
                Optional.of(Path.of("/opt/hadoop")),
                Optional.of(Path.of("/srv/frameworks")),
                Duration.ofSeconds(5),
                Bytes.ofMebibytes(1024)));
    assertThatThrownBy(() -> read("--fetcher-stall-timeout=0s"))
        .hasMessageContaining("--fetcher-stall-timeout");
  }

  @Test
  void cpusetPinsCpus() {
    assertThat(read("--cgroups-subsystems", "cpuset,memory").cpuMode()).isEqualTo(CpuMode.PINNED);
  }

  @Test
  void freezerAndAccountingAreWantedWhateverTheListSays() {
    assertThat(read().subsystems()).containsExactly("cpu", "memory", "freezer", "cpuacct");
    assertThat(read("--cgroups-subsystems", "freezer,, memory,blkio").subsystems())
        .containsExactly("freezer", "memory", "blkio", "cpuacct");
  }

  @Test
  void mesosCommandLineWorks() {
    AgentConfig config =
        read(
            "--isolation=cgroups",
            "--work_dir=/tmp/me_sos",
            "--resources=cpus:1.5;mem:512;disk:1000;ports:[31000-32000]",
            "--cgroups_hierarchy=/cgroup",
            "--cgroups_root=mesos",
            "--cgroups_subsystems=cpu,memory,freezer",
            "--cgroups_enable_cfs",
            "--recover=cleanup",
            "--no-strict",
            "--switch_user=false",
            "--gc_delay=1weeks",
            "--executor_shutdown_grace_period=5secs",
            "--resource_monitoring_interval=10ms",
            "--frameworks_home=/f",
            "--hadoop_home=/h");

    assertThat(config.workDirectory()).isEqualTo(Path.of("/tmp/me_sos"));
    assertThat(config.resources().cpus()).contains(Cpus.parse("1.5"));
    assertThat(config.resources().memory()).contains(Bytes.ofMebibytes(512));
    assertThat(config.hierarchy()).contains(Path.of("/cgroup"));
    assertThat(config.cgroupsRoot()).hasToString("mesos");
    assertThat(config.cpuMode()).isEqualTo(CpuMode.QUOTA);
    assertThat(config.recover()).isEqualTo(AgentConfig.Recover.CLEANUP);
    assertThat(config.strict()).isFalse();
    assertThat(config.switchUser()).isFalse();
    assertThat(config.gcDelay()).isEqualTo(Duration.ofDays(7));
    assertThat(config.stopTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.interval()).isEqualTo(Duration.ofMillis(10));
    assertThat(config.idle()).isEmpty();
  }

  @Test
  void mesosVariablesAreForWhereOursAreNotSet() throws Exception {
    Path file = directory.resolve("agent.conf");
    Files.writeString(file, "work_dir = /file\ngc_delay = 2days\n");
    AgentConfig config =
        read(
            Map.of(
                "MESOS_WORK_DIR", "/mesos",
                "MESOS_RUNTIME_DIR", "/mesos",
                "HOLDFAST_RUNTIME_DIR", "/ours",
                "MESOS_CGROUPS_ROOT", "mesos",
                "MESOS_CGROUPS_ENABLE_CFS", "1",
                "MESOS_RECOVER", "cleanup"),
            "--config",
            file.toString(),
            "--cgroups_root=flag");

    assertThat(config.workDirectory()).isEqualTo(Path.of("/mesos"));
    assertThat(config.runtimeDirectory()).isEqualTo(Path.of("/ours"));
    assertThat(config.cgroupsRoot()).hasToString("flag");
    assertThat(config.cpuMode()).isEqualTo(CpuMode.QUOTA);
    assertThat(config.recover()).isEqualTo(AgentConfig.Recover.CLEANUP);
    assertThat(config.gcDelay()).isEqualTo(Duration.ofDays(2));
  }

  @Test
  void aWrongVariableOfMesosIsNamed() {
    assertThatThrownBy(() -> read(Map.of("MESOS_GC_DELAY", "soon")))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("MESOS_GC_DELAY: 'soon'");
  }

  @Test
  void whatMesosSetsAndMeansNothingHereIsAcceptedAndNamed() throws Exception {
    Path file = directory.resolve("agent.conf");
    Files.writeString(file, "log_dir = /var/log\n");
    AgentConfig config =
        read(
            Map.of("MESOS_PORT", "5051", "MESOS_DIRECTORY", "/sandbox", "MESOS_CHECKPOINT", "1"),
            "--master=zk://a:2181/mesos",
            "--no-checkpoint",
            "--quiet",
            "--attributes=rack:a",
            "--executor_registration_timeout",
            "2mins",
            "--config",
            file.toString());

    assertThat(config.idle())
        .containsExactlyInAnyOrder(
            "--master",
            "--no-checkpoint",
            "--quiet",
            "--attributes",
            "--executor-registration-timeout",
            "MESOS_PORT",
            "MESOS_CHECKPOINT",
            file + ":1: log_dir");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "--cgroups-subsystems cpu,cpuset | exclude each other",
        "--cgroups-subsystems memory --cgroups-enable-cfs | needs cpu",
        "--cgroups-subsystems cpu,a/b | 'a/b'",
        "--cgroups_subsystems=cpu,cpuset | --cgroups-subsystems: cpu",
        "--isolation=process | --isolation: 'process' is not cgroups",
        "--gc_delay=1fortnight | --gc-delay: '1fortnight' is not a duration",
        "--gc-delay soon | --gc-delay: 'soon' is not a duration",
        "--resource-monitoring-interval 0s | not more than 0",
        "--work-dir relative | --work-dir: 'relative' is not an absolute path",
        "--recover maybe | 'maybe' is not reconnect or cleanup",
        "--resources cpus=2 | --resources: 'cpus=2'",
        "--strict=perhaps | 'perhaps' is not true or false",
        "--log-size 1 | too small",
        "--log-files 0 | from 1 to 1000",
        "--http localhost | not HOST:PORT",
        "--http nohost.invalid:9464 | --http: there is no host 'nohost.invalid'",
        "--http [::g]:9464 | --http: there is no host '::g'",
        "--http-token-file /t | without --http",
        "--resources cpu:1;mem:64 | --resources: there is no resource 'cpu': did you mean cpus?",
        "--cgroups-root ../x | '..'",
        "--cgroups-root /a | --cgroups-root: '/a' is not names with single slashes between them:"
            + " write 'a'",
        "--nonsense | --nonsense",
        "word | word",
        "--config /nowhere | no such file",
      })
  void whatCannotBeIsOneSentence(String words, String part) {
    assertThatThrownBy(() -> read(words.split(" ")))
        .isInstanceOf(ConfigException.class)
        .message()
        .contains(part)
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "color = red | :1: there is no key 'color'",
        "gc-delay | :1: 'gc-delay' is not 'key = value'",
        "gc-delay = x | :1: gc-delay: 'x' is not a duration",
        "config = /x | :1: there is no key 'config'",
      })
  void aFileThatCannotBeNamesTheLine(String line, String part) throws Exception {
    Path file = directory.resolve("agent.conf");
    Files.writeString(file, line + "\n");
    assertThatThrownBy(() -> read("--config", file.toString()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(file + part);
  }

  /// The shells complete from a list of the command line's, which does not know the agent.
  @Test
  void theShellsAreToldOfEveryFlag() throws Exception {
    assertThat(Path.of("../cli/src/main/resources/dev/holdfast/cli/agent-options"))
        .content()
        .isEqualTo(
            Arrays.stream(Flag.values())
                .map(flag -> flag.option() + " " + flag.description() + "\n")
                .collect(Collectors.joining()));
  }

  @Test
  void theHelpNamesEveryFlag() {
    assertThat(AgentOptions.read(new String[] {"--help"}, Map.of())).isEmpty();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    AgentOptions.printHelp(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    String help = bytes.toString(StandardCharsets.UTF_8);
    for (Flag flag : Flag.values()) {
      assertThat(help).contains(flag.option());
    }
  }
}

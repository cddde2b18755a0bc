package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.testkit.AnyLayout;
import dev.holdfast.testkit.KernelTest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who a command is and what it inherits: what was asked for, and nothing of Holdfast's own.
@AnyLayout
@KernelTest
final class IdentityTest {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /// A host's accounts, for whoever has them mounted over its own.
  private static final String PASSWD =
      """
      root:x:0:0:root:/root:/bin/bash
      nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
      ann:x:4711:4712::/home/ann:/bin/zsh
      12346:x:4713:4714::/home/number:/bin/sh
      """;

  private static final String GROUP =
      """
      root:x:0:
      daemon:x:1:
      nogroup:x:65534:
      ann:x:4712:
      makers:x:4800:bob,ann
      keepers:x:4801:ann
      others:x:4802:bob
      """;

  @RegisterExtension final Ground ground = new Ground();

  @ParameterizedTest
  @CsvSource({
    "root,          0,     0,     '0'",
    "nobody,        65534, 65534, '65534'",
    "nobody:daemon, 65534, 1,     '1'",
    "nobody:4801,   65534, 4801,  '4801'",
    "12345:12345,   12345, 12345, '12345'",
    "ann,           4711,  4712,  '4712 4800 4801'",
    "4711,          4711,  4712,  '4712 4800 4801'",
    "ann:others,    4711,  4802,  '4802'",
    "12346,         4713,  4714,  '4714'",
  })
  void userIsWhoWasAskedFor(String user, int uid, int gid, String groups) {
    Map<String, String> status = status("--user", user);

    assertThat(status.get("Uid")).isEqualTo("%d\t%d\t%d\t%d".formatted(uid, uid, uid, uid));
    assertThat(status.get("Gid")).isEqualTo("%d\t%d\t%d\t%d".formatted(gid, gid, gid, gid));
    assertThat(status.get("Groups")).isEqualTo(groups);
    assertThat(status.get("NoNewPrivs")).isEqualTo("1");
    if (uid != 0) {
      assertThat(status.get("CapEff")).matches("0+");
      assertThat(status.get("CapPrm")).matches("0+");
      assertThat(status.get("CapInh")).matches("0+");
    }
  }

  @Test
  void withoutAUserItIsRoot() {
    Map<String, String> status = status();

    assertThat(status.get("Uid")).isEqualTo("0\t0\t0\t0");
    assertThat(status.get("Gid")).isEqualTo("0\t0\t0\t0");
    assertThat(status.get("Groups")).isEqualTo("0");
    assertThat(status.get("NoNewPrivs")).isEqualTo("1");
  }

  @Test
  void signalsHaveTheirDefaultActions() {
    Map<String, String> status = status();

    assertThat(status.get("SigBlk")).matches("0+");
    assertThat(status.get("SigIgn")).matches("0+");
  }

  private Map<String, String> status(String... options) {
    Finished run =
        ground
            .run(words(options, "cat", "/proc/self/status"))
            .afterMounting(accounts())
            .finish()
            .expect(0);
    Map<String, String> status = new LinkedHashMap<>();
    run.out()
        .lines()
        .forEach(line -> {
          String[] parts = line.split(":", 2);
          status.put(parts[0], parts[1].strip());
        });
    return status;
  }

  private String accounts() {
    ground.write("passwd", PASSWD);
    ground.write("group", GROUP);
    return "mount --bind passwd /etc/passwd; mount --bind group /etc/group";
  }

  private static String[] words(String[] options, String... command) {
    String[] all = java.util.Arrays.copyOf(options, options.length + command.length);
    System.arraycopy(command, 0, all, options.length, command.length);
    return all;
  }

  @Test
  void environmentOfAUserIsHisOwn() {
    assertThat(environment("--user", "ann"))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "PATH", PATH,
                "HOME", "/home/ann",
                "USER", "ann",
                "LOGNAME", "ann",
                "SHELL", "/bin/zsh"));
  }

  @Test
  void environmentOfANumberHasNoName() {
    assertThat(environment("--user", "12345:12345"))
        .containsExactlyInAnyOrderEntriesOf(Map.of("PATH", PATH, "HOME", "/"));
  }

  @Test
  void environmentWithoutAUserIsRoots() {
    assertThat(environment())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("PATH", PATH, "HOME", "/root", "USER", "root", "LOGNAME", "root"));
  }

  @Test
  void environmentTakesFilesThenOptions() {
    ground.write("env", "# a comment\n\nFILE=from file\nBOTH=file\nINHERITED\nABSENT\nEMPTY=\n");

    Map<String, String> environment =
        environment("--env-file", "env", "-e", "BOTH=option", "-e", "ALSO", "--env", "A=b=c d");

    assertThat(environment)
        .containsAllEntriesOf(
            Map.of(
                "FILE", "from file",
                "BOTH", "option",
                "INHERITED", "the caller's",
                "ALSO", "too",
                "EMPTY", "",
                "A", "b=c d"))
        .hasSize(4 + 6);
  }

  private Map<String, String> environment(String... options) {
    Finished run =
        ground
            .run(words(options, "cat", "/proc/self/environ"))
            .variable("INHERITED", "the caller's")
            .variable("ALSO", "too")
            .variable("TERM", "xterm")
            .afterMounting(accounts())
            .finish()
            .expect(0);
    Map<String, String> environment = new LinkedHashMap<>();
    for (String variable : run.out().split("\0", 0)) {
      String[] parts = variable.split("=", 2);
      assertThat(environment.put(parts[0], parts[1])).isNull();
    }
    return environment;
  }

  @Test
  void onlyThreeDescriptorsAreOpen() {
    Finished run =
        ground
            .run("sh", "-c", "ls /proc/$$/fd; readlink /proc/$$/fd/0; exit")
            .after("exec 9</etc/hostname 8>leaked")
            .finish()
            .expect(0);

    assertThat(run.out()).isEqualTo("0\n1\n2\n/dev/null\n");
  }

  @Test
  void umaskIsTheCallers() {
    Finished run = ground.run("sh", "-c", "umask").after("umask 077").finish().expect(0);

    assertThat(run.out()).isEqualTo("0077\n");
  }

  @Test
  void leaderHasASessionOfItsOwn() {
    String script =
        "read -r pid comm state parent group session rest </proc/self/stat; "
            + "echo $(($$ == pid)) $(($$ == group)) $(($$ == session))";

    assertThat(ground.run("sh", "-c", script).finish().expect(0).out()).isEqualTo("1 1 1\n");
  }

  @Test
  void resourceLimitsAreSet() {
    String script = "ulimit -Sn; ulimit -Hn; ulimit -c; ulimit -Sf; ulimit -Hf";
    Finished run =
        ground
            .run(
                "--ulimit",
                "nofile=100:200",
                "--ulimit",
                "core=0",
                "--ulimit",
                "fsize=512:unlimited",
                "sh",
                "-c",
                script)
            .finish()
            .expect(0);

    assertThat(run.out()).isEqualTo("100\n200\n0\n1\nunlimited\n");
  }

  @Test
  void otherResourceLimitsAreTheCallers() {
    String limits = "cat /proc/self/limits";
    Finished bare = ground.run().start("sh", "-c", limits).await();

    // Not those that a JVM sets for itself.
    assertThat(ground.run("sh", "-c", limits).finish().expect(0).out()).isEqualTo(bare.out());
  }

  @Test
  void workingDirectoryIsAsAskedElseTheCallers() {
    assertThat(ground.run("pwd").finish().expect(0).out()).isEqualTo(ground.work() + "\n");
    assertThat(ground.run("-w", "/usr/bin", "pwd").finish().expect(0).out())
        .isEqualTo("/usr/bin\n");
    assertThat(ground.run("-w", "..", "pwd").finish().expect(0).out())
        .isEqualTo(ground.work().getParent() + "\n");
  }

  @Test
  void userMustBeAbleToEnterTheWorkingDirectory() {
    Finished run = ground.run("--user", "nobody", "-w", "/root", "true").finish();
    if (run.status() != 0) {
      assertThat(run.expect(125).errLines()).hasSize(1);
      assertThat(run.err()).contains("working directory", "permission");
    }
  }

  @Test
  void filesBelongToTheUser() {
    Ground.permit(ground.work(), "rwxrwxrwx");
    ground.run("--user", "nobody:daemon", "touch", "mine").finish().expect(0);

    Finished owner = ground.run("stat", "-c", "%u:%g", "mine").finish().expect(0);
    assertThat(owner.out()).isEqualTo("65534:1\n");
  }
}

package dev.holdfast.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.linux.Errno;
import dev.holdfast.linux.LinuxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The reader over a tree that was written down.
class ProcFsTest {
  private static final String BOOT_ID = "0b6f1d2e-7c43-4f5a-9d01-a2b3c4d5e6f7";

  @TempDir Path root;
  private ProcFs proc;

  @BeforeEach
  void reader() {
    proc = new ProcFs(root);
  }

  @Test
  void readsEachFileOfTheHost() throws IOException {
    put("self/mountinfo", Recorded.text("mountinfo-hybrid"));
    put("cgroups", Recorded.text("cgroups-v1"));
    put("self/cgroup", Recorded.text("cgroup-hybrid"));
    put("cpuinfo", Recorded.text("cpuinfo-arm64"));
    put("meminfo", Recorded.text("meminfo-swap"));
    put("sys/kernel/random/boot_id", BOOT_ID + "\n");

    assertThat(proc.mounts()).isEqualTo(Mount.parseAll(Recorded.text("mountinfo-hybrid")));
    assertThat(proc.subsystems()).isEqualTo(Subsystem.parseAll(Recorded.text("cgroups-v1")));
    assertThat(proc.selfMemberships())
        .isEqualTo(Membership.parseAll(Recorded.text("cgroup-hybrid")));
    assertThat(proc.cpus()).isEqualTo(Cpu.parseAll(Recorded.text("cpuinfo-arm64")));
    assertThat(proc.memInfo()).isEqualTo(MemInfo.parse(Recorded.text("meminfo-swap")));
    assertThat(proc.bootId()).isEqualTo(BOOT_ID);
  }

  @Test
  void theOwnerOfAProcessIsThatOfItsDirectory() throws IOException {
    put("42/stat", "");
    Object owner = Files.getAttribute(root.resolve("42"), "unix:uid");

    assertThat(proc.owner(42)).hasValue((Integer) owner);
    assertThat(proc.owner(43)).isEmpty();
  }

  @Test
  void readsEachFileOfAProcess() throws IOException {
    put("42/stat", Recorded.text("stat-sleep"));
    put("42/status", Recorded.text("status-3.10"));
    put("42/smaps_rollup", Recorded.text("smaps_rollup-4.18"));
    put("42/cgroup", Recorded.text("cgroup-v2"));
    put("42/cmdline", "make\0-j8\0\0all of it\0");

    assertThat(proc.stat(42)).contains(PidStat.parse(Recorded.text("stat-sleep")));
    assertThat(proc.status(42)).contains(PidStatus.parse(Recorded.text("status-3.10")));
    assertThat(proc.smapsRollup(42))
        .contains(SmapsRollup.parse(Recorded.text("smaps_rollup-4.18")));
    assertThat(proc.memberships(42)).contains(Membership.parseAll(Recorded.text("cgroup-v2")));
    assertThat(proc.commandLine(42, 4096)).contains(List.of("make", "-j8", "", "all of it"));
  }

  @Test
  void aProcessThatIsGoneIsEmpty() {
    assertThat(proc.stat(42)).isEmpty();
    assertThat(proc.status(42)).isEmpty();
    assertThat(proc.smapsRollup(42)).isEmpty();
    assertThat(proc.memberships(42)).isEmpty();
    assertThat(proc.commandLine(42, 4096)).isEmpty();
  }

  @Test
  void everyOtherRefusalOfAProcessFlies() throws IOException {
    Files.createDirectories(root.resolve("42/stat"));
    put("43", "not a directory");

    assertThatThrownBy(() -> proc.stat(42))
        .isInstanceOfSatisfying(
            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EISDIR));
    assertThatThrownBy(() -> proc.commandLine(43, 10))
        .isInstanceOfSatisfying(
            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOTDIR));
  }

  @Test
  void aMissingFileOfTheHostFlies() {
    assertThatThrownBy(proc::subsystems)
        .isInstanceOfSatisfying(
            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
  }

  @Test
  void readsNoMoreOfACommandLineThanTheLimit() throws IOException {
    put("42/cmdline", "make\0" + "x".repeat(100_000) + "\0");

    assertThat(proc.commandLine(42, 8)).contains(List.of("make", "xxx"));
    assertThat(proc.commandLine(42, 5)).contains(List.of("make"));
    assertThat(proc.commandLine(42, 50_005))
        .hasValueSatisfying(arguments -> assertThat(arguments.getLast()).hasSize(50_000));
  }

  @Test
  void aProcessWithoutACommandLineHasNoArguments() throws IOException {
    put("42/cmdline", "");

    assertThat(proc.commandLine(42, 4096)).contains(List.of());
  }

  @Test
  void readsATitleThatAProcessWroteOverItsArguments() throws IOException {
    put("42/cmdline", "nginx: master process");

    assertThat(proc.commandLine(42, 4096)).contains(List.of("nginx: master process"));
  }

  @Test
  void replacesWhatIsNotUtf8() throws IOException {
    Files.createDirectories(root.resolve("42"));
    Files.write(root.resolve("42/cmdline"), new byte[] {'a', (byte) 0xff, 'b', 0, (byte) 0xc3, 0});
    Files.write(
        root.resolve("42/stat"),
        Recorded.text("stat-sleep")
            .replace("sleep", "\u00ff")
            .getBytes(StandardCharsets.ISO_8859_1));

    assertThat(proc.commandLine(42, 4096)).contains(List.of("a\ufffdb", "\ufffd"));
    assertThat(proc.stat(42)).map(PidStat::comm).contains("\ufffd");
  }

  @Test
  void refusesABootIdThatIsNoUuid() throws IOException {
    for (String text :
        List.of(
            "",
            "\n",
            BOOT_ID.substring(1),
            BOOT_ID + "0",
            BOOT_ID.replace('-', '0'),
            BOOT_ID.replace('b', 'g'),
            BOOT_ID.replace('b', '-'))) {
      put("sys/kernel/random/boot_id", text);

      assertThatThrownBy(proc::bootId).as(text).isInstanceOf(MalformedException.class);
    }
  }

  private void put(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.resolveSibling("."));
    Files.writeString(path, text);
  }
}

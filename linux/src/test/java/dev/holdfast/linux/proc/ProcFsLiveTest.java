package dev.holdfast.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.linux.ControlFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The reader against the kernel that runs the tests.
class ProcFsLiveTest {
  private static final Path COMM = Path.of("/proc/self/comm");
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final ProcFs proc = ProcFs.system();
  private final int self = (int) ProcessHandle.current().pid();
  private final List<Process> children = new ArrayList<>();

  @AfterEach
  void endChildren() throws InterruptedException {
    for (Process child : children) {
      child.destroyForcibly().waitFor();
    }
  }

  @Test
  void knowsThisProcess() {
    PidStat stat = proc.stat(self).orElseThrow();

    assertThat(stat.pid()).isEqualTo(self);
    assertThat((long) stat.ppid())
        .isEqualTo(ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L));
    assertThat(stat.threads()).isGreaterThan(1);
    assertThat(stat.rssPages()).isPositive();
    assertThat(stat.userTicks()).isPositive();
  }

  @Test
  void startTimeAgreesWithTheJvms() throws IOException {
    long bootSeconds = bootTime();
    long startSeconds =
        bootSeconds + proc.stat(self).orElseThrow().startTicks() / PidStat.TICKS_PER_SECOND;
    Instant start = ProcessHandle.current().info().startInstant().orElseThrow();

    assertThat(startSeconds).isBetween(start.getEpochSecond() - 2, start.getEpochSecond() + 2);
  }

  @Test
  void memoryOfThisProcessAddsUp() {
    PidStatus status = proc.status(self).orElseThrow();
    SmapsRollup rollup = proc.smapsRollup(self).orElseThrow();

    assertThat(status.pid()).isEqualTo(self);
    assertThat(status.rss()).isEqualTo(status.rssAnon() + status.rssFile() + status.rssShmem());
    assertThat(status.rss()).isBetween(1L << 20, status.vmHighWater());
    assertThat(status.vmSize()).isBetween(status.rss(), status.vmPeak());
    assertThat(rollup.pss()).isBetween(rollup.privateClean() + rollup.privateDirty(), rollup.rss());
    assertThat(rollup.anonymous()).isBetween(1L << 20, rollup.rss());
  }

  @Test
  void uidAndGroupsAreThoseOfTheUser() throws IOException {
    PidStatus status = proc.status(self).orElseThrow();

    assertThat(Integer.toUnsignedString(status.uid())).isEqualTo(output("id", "-ru"));
    assertThat(status.groups().stream().map(Integer::toUnsignedString))
        .isSubsetOf(output("id", "-G").split(" "));
  }

  @Test
  void aNameThatLooksLikeFieldsChangesNothingElse() {
    PidStat before = proc.stat(self).orElseThrow();
    for (String name : List.of("a) R 1 (b", ") Z 0 0 0", "new\nline\\n", " ", "é\tü")) {
      ControlFile.write(COMM, name);
      try {
        PidStat stat = proc.stat(self).orElseThrow();
        assertThat(stat.comm()).isEqualTo(name);
        assertThat(proc.name(self)).contains(name);
        assertThat(stat.ppid()).isEqualTo(before.ppid());
        assertThat(stat.session()).isEqualTo(before.session());
        assertThat(stat.startTicks()).isEqualTo(before.startTicks());
        assertThat(proc.status(self)).map(PidStatus::name).contains(name);
      } finally {
        ControlFile.write(COMM, before.comm());
      }
    }
  }

  @Test
  void argumentsOfAChildAreThoseItWasGiven() throws IOException {
    Process child = start("sleep", "60");
    await(pid(child), "sleep");

    assertThat(proc.commandLine(pid(child), 4096)).contains(List.of("sleep", "60"));
    assertThat(proc.commandLine(pid(child), 7)).contains(List.of("sleep", "6"));
    assertThat(proc.memberships(pid(child))).contains(proc.selfMemberships());
    assertThat(proc.stat(pid(child))).map(PidStat::ppid).contains(self);
  }

  @Test
  void aZombieHasAStatAndNoMemory() throws IOException {
    // The shell becomes a program that never waits, so that its child stays a zombie.
    Process parent = start("sh", "-c", "sleep 60 & echo $!; exec sleep 60");
    int child;
    try (BufferedReader output = parent.inputReader()) {
      child = Integer.parseInt(output.readLine());
    }
    await(pid(parent), "sleep");
    await(child, "sleep");
    ProcessHandle.of(child).orElseThrow().destroyForcibly();
    Instant deadline = Instant.now().plus(DEADLINE);
    while (!proc.stat(child).orElseThrow().isZombie()) {
      assertThat(Instant.now()).isBefore(deadline);
      Thread.onSpinWait();
    }

    assertThat(proc.stat(child)).map(PidStat::ppid).contains(pid(parent));
    assertThat(proc.status(child)).map(PidStatus::vmSize).contains(0L);
    assertThat(proc.commandLine(child, 4096)).contains(List.of());
    assertThat(proc.smapsRollup(child)).isEmpty();
  }

  @Test
  void aReapedChildIsEmpty() throws Exception {
    Process child = start("true");
    assertThat(child.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();

    assertThat(proc.stat(pid(child))).isEmpty();
    assertThat(proc.status(pid(child))).isEmpty();
    assertThat(proc.smapsRollup(pid(child))).isEmpty();
    assertThat(proc.memberships(pid(child))).isEmpty();
    assertThat(proc.commandLine(pid(child), 4096)).isEmpty();
  }

  @Test
  void noProcessHasAPidBelowOne() {
    assertThat(proc.stat(0)).isEqualTo(Optional.empty());
    assertThat(proc.stat(-1)).isEqualTo(Optional.empty());
  }

  @Test
  void mountsIncludeProcItself() {
    assertThat(proc.mounts())
        .anySatisfy(mount -> {
          assertThat(mount.mountPoint()).isEqualTo(Path.of("/proc"));
          assertThat(mount.type()).isEqualTo("proc");
        });
  }

  @Test
  void everyHierarchyOfThisProcessIsOneThatTheHostHas() {
    List<Integer> hierarchies =
        proc.subsystems().stream().map(Subsystem::hierarchyId).filter(id -> id != 0).toList();

    assertThat(proc.selfMemberships())
        .isNotEmpty()
        .extracting(Membership::hierarchyId)
        .containsAll(hierarchies);
  }

  @Test
  void cpusIncludeThoseOfThisProcess() throws IOException {
    List<Cpu> cpus = proc.cpus();

    assertThat(cpus).hasSizeGreaterThanOrEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(cpus).hasSize(Integer.parseInt(output("getconf", "_NPROCESSORS_ONLN")));
    assertThat(cpus).extracting(Cpu::id).doesNotHaveDuplicates();
  }

  @Test
  void availableMemoryIsPartOfTheTotal() {
    MemInfo memory = proc.memInfo();

    assertThat(memory.total()).isGreaterThan(64L << 20);
    assertThat(memory.available()).isBetween(1L, memory.total());
  }

  @Test
  void bootIdIsAUuidThatStays() {
    assertThat(UUID.fromString(proc.bootId())).hasToString(ProcFs.system().bootId());
  }

  private Process start(String... command) throws IOException {
    Process child =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    children.add(child);
    return child;
  }

  private String output(String... command) throws IOException {
    try (BufferedReader output = start(command).inputReader()) {
      return output.readLine();
    }
  }

  /// Waits until a child is the program that it was started for, no longer its parent's copy.
  private void await(int pid, String comm) {
    Instant deadline = Instant.now().plus(DEADLINE);
    while (!proc.stat(pid).orElseThrow().comm().equals(comm)) {
      assertThat(Instant.now()).isBefore(deadline);
      Thread.onSpinWait();
    }
  }

  private static int pid(Process process) {
    return (int) process.pid();
  }

  private static long bootTime() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/stat"))) {
      if (line.startsWith("btime ")) {
        return Long.parseLong(line.substring(6));
      }
    }
    throw new AssertionError("no btime in /proc/stat");
  }
}

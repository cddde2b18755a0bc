package dev.holdfast.isolator.launcher;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.Fd;
import dev.holdfast.linux.Flock;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import dev.holdfast.linux.SocketPair;
import dev.holdfast.linux.WaitStatus;
import dev.holdfast.testkit.AnyLayout;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Launchers from a fork server: like those that are spawned, and nothing of one in the next.
@AnyLayout
@KernelTest
@Timeout(60)
class ForkServerTest {
  private static final Cgroup.Entry NOWHERE = new Cgroup.Entry(List.of(), Optional.empty());
  private static final int MANY = 1000;

  @TempDir private Path directory;

  private final KernelEvents events = new KernelEvents();
  private final List<Integer> launchers = new ArrayList<>();
  private Path program = Path.of("/nonexistent");
  private Path lockFile = Path.of("/nonexistent");
  private ForkServer server = new ForkServer(() -> program, NOWHERE);

  @BeforeEach
  void makePlaces() throws IOException {
    lockFile = Files.createFile(directory.resolve("lock"));
    program = LauncherProgram.locate(directory.resolve("lib"));
  }

  @AfterEach
  void close() {
    server.close();
    for (int launcher : launchers) {
      boolean _ = Processes.kill(launcher, Signal.KILL); // of a test that failed
    }
    events.close();
  }

  /// What a launcher tells.
  private static final class Holder implements LauncherProcess.Listener {
    private final BlockingQueue<LauncherMessage> heard = new LinkedBlockingQueue<>();

    @Override
    public void received(LauncherMessage message) {
      heard.add(message);
    }

    @Override
    public void ended() {}

    <T extends LauncherMessage> T hears(Class<T> type) throws InterruptedException {
      LauncherMessage next = heard.poll(20, TimeUnit.SECONDS);
      assertThat(next).isInstanceOf(type);
      return type.cast(next);
    }
  }

  private Path run(String name) {
    try {
      return Files.createDirectories(directory.resolve(name));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private LaunchRecord record(String name, String script) {
    Path run = run(name);
    return new LaunchRecord()
        .flags(0)
        .runDirectory(run)
        .credentials(0, 0, List.of())
        .argument("sh")
        .argument("-c")
        .argument(script)
        .candidate("/bin/sh")
        .log(1, 2, 1 << 20, run.resolve("stdout"))
        .log(2, 2, 1 << 20, run.resolve("stderr"));
  }

  private LauncherProcess start(LauncherSource source, String name, String script, Holder holder) {
    return start(source, name, record(name, script), Fd.standardStreams(), holder);
  }

  private LauncherProcess start(
      LauncherSource source, String name, LaunchRecord record, List<Fd> stdio, Holder holder) {
    try (Flock lock = Flock.shared(lockFile)) {
      LauncherProcess launcher =
          LauncherProcess.start(
              source.begin(List.of(name, "detached"), lock.fd(), stdio), events, holder);
      launcher.launch(record.encode());
      return launcher;
    }
  }

  private String output(LauncherSource source, String name, String script) throws Exception {
    Holder holder = new Holder();
    LauncherProcess launcher = start(source, name, script, holder);
    holder.hears(LauncherMessage.Started.class);
    assertThat(holder.hears(LauncherMessage.Exited.class).status()).isEqualTo(new WaitStatus(0));
    launcher.quit();
    return Files.readString(run(name).resolve("stdout"))
        + Files.readString(run(name).resolve("stderr"));
  }

  /// One that lives, until [#end].
  private LauncherProcess living(LauncherSource source, String name) throws Exception {
    Holder holder = new Holder();
    LauncherProcess launcher = start(source, name, "exec sleep 1000", holder);
    launchers.add(launcher.pid());
    LauncherMessage.Started started = holder.hears(LauncherMessage.Started.class);
    assertThat(started.launcher()).isEqualTo(launcher.pid());
    return launcher;
  }

  private static void end(LauncherProcess launcher) {
    launcher.signalGroup(Signal.KILL);
    launcher.quit();
  }

  private static String status(int pid, String name) {
    return text(pid, "status")
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  private static String text(int pid, String file) {
    try {
      return Files.readString(Path.of("/proc/" + pid, file), ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  /// The process that launchers come from.
  private static int parent(LauncherProcess launcher) {
    return Integer.parseInt(status(launcher.pid(), "PPid"));
  }

  /// Numbers and targets.
  private static Map<Integer, String> descriptors(int pid) throws IOException {
    Map<Integer, String> descriptors = new TreeMap<>();
    try (var files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path file : files.toList()) {
        descriptors.put(
            Integer.parseInt(file.getFileName().toString()),
            Files.readSymbolicLink(file).toString());
      }
    }
    return descriptors;
  }

  private static Map<Integer, String> kinds(int pid) throws IOException {
    Map<Integer, String> kinds = descriptors(pid);
    kinds.replaceAll((_, target) -> target.replaceAll("\\[[0-9]+]|/(forked|spawned)\\b", ""));
    return kinds;
  }

  private static Set<String> sockets(int pid) throws IOException {
    Set<String> sockets = new TreeSet<>(descriptors(pid).values());
    sockets.removeIf(it -> !it.startsWith("socket:") && !it.startsWith("pipe:"));
    return sockets;
  }

  @Test
  void theLeaderIsTheSame() throws Exception {
    String script =
        "ls /proc/self/fd; umask; pwd; cat /proc/$$/environ; "
            + "grep '^Umask\\|^[UG]id\\|^Groups\\|^Sig[BIC]\\|^Cap\\|^NoNewPrivs' "
            + "/proc/self/status; cat /proc/$$/limits /proc/$$/oom_score_adj; "
            + "test $$ = $(cut -d ' ' -f 6 /proc/$$/stat) && echo a session of its own";

    String forked = output(server, "forked", script);

    assertThat(forked)
        .isEqualTo(output(new SpawnedLaunchers(program), "spawned", script))
        .contains("a session of its own");
  }

  @Test
  void theLauncherIsTheSame() throws Exception {
    LauncherProcess forked = living(server, "forked");
    LauncherProcess spawned = living(new SpawnedLaunchers(program), "spawned");

    // What was the leader's is let go of after the start is told.
    Awaitility.await()
        .untilAsserted(() -> {
          for (LauncherProcess launcher : List.of(spawned, forked)) {
            assertThat(Files.readSymbolicLink(Path.of("/proc/" + launcher.pid() + "/cwd")))
                .isEqualTo(Path.of("/"));
          }
          assertThat(kinds(forked.pid())).isEqualTo(kinds(spawned.pid()));
        });
    assertThat(text(forked.pid(), "cmdline")).matches("executor-launcher\0forked\0detached\0+");
    for (String field : List.of("Name", "SigBlk", "SigIgn", "SigCgt", "Umask", "Uid", "Gid")) {
      assertThat(status(forked.pid(), field)).as(field).isEqualTo(status(spawned.pid(), field));
    }
    assertThat(status(forked.pid(), "NSsid")).isEqualTo("" + forked.pid());
    end(forked);
    end(spawned);
  }

  @Test
  void itHasNothingThatItDoesNotNeed() throws Exception {
    LauncherProcess launcher = living(server, "run");
    int pid = parent(launcher);

    // It closes what it has passed on while the launcher is at work already.
    Awaitility.await()
        .untilAsserted(() -> {
          Map<Integer, String> open = descriptors(pid);
          assertThat(open.keySet()).containsExactly(0, 1, 2, 5);
          assertThat(open.remove(5)).startsWith("socket:");
          assertThat(open.values()).containsOnly("/dev/null");
        });
    assertThat(text(pid, "cmdline")).matches("executor-launcher\0fork-server\0+");
    end(launcher);
  }

  @Test
  void nothingOfOneRunIsInAnother() throws Exception {
    try (SocketPair stdio = SocketPair.create()) {
      Holder firstHolder = new Holder();
      LauncherProcess first =
          start(
              server,
              "a-rather-long-name-of-a-run",
              record("first", "exec sleep 1000"),
              Collections.nCopies(3, stdio.theirs()),
              firstHolder);
      launchers.add(first.pid());
      int firstLeader = firstHolder.hears(LauncherMessage.Started.class).leader();
      Holder secondHolder = new Holder();
      LauncherProcess second = start(server, "second", "exec sleep 1000", secondHolder);
      launchers.add(second.pid());
      int secondLeader = secondHolder.hears(LauncherMessage.Started.class).leader();

      assertThat(sockets(second.pid()))
          .isNotEmpty()
          .doesNotContainAnyElementsOf(sockets(first.pid()));
      assertThat(sockets(secondLeader)).doesNotContainAnyElementsOf(sockets(firstLeader));
      assertThat(text(second.pid(), "cmdline")).doesNotContain("name");
      end(first);
      end(second);
    }
  }

  @Test
  void aRunWithStdioOfItsOwnHasThat() throws Exception {
    try (SocketPair stdio = SocketPair.create()) {
      Holder holder = new Holder();
      LaunchRecord record =
          new LaunchRecord()
              .flags(0)
              .runDirectory(run("run"))
              .credentials(0, 0, List.of())
              .argument("sh")
              .argument("-c")
              .argument("read line; echo out $line; echo err $line >&2")
              .candidate("/bin/sh");
      LauncherProcess launcher =
          start(server, "run", record, Collections.nCopies(3, stdio.theirs()), holder);
      stdio.ours().writeFully("word\n".getBytes(ISO_8859_1));
      holder.hears(LauncherMessage.Started.class);
      holder.hears(LauncherMessage.Exited.class);
      launcher.quit();

      byte[] heard = new byte[100];
      assertThat(new String(heard, 0, stdio.ours().read(heard), ISO_8859_1))
          .isEqualTo("out word\nerr word\n");
    }
  }

  @Test
  void itsDeathIsNoFailedLaunchAndNoEndOfLaunchers() throws Exception {
    LauncherProcess first = living(server, "first");
    int killed = parent(first);
    assertThat(Processes.kill(killed, Signal.KILL)).isTrue();

    LauncherProcess second = living(server, "second");

    assertThat(parent(second)).isNotEqualTo(killed);
    assertThat(text(killed, "stat")).as("reaped").isEmpty();
    end(first);
    end(second);
  }

  @Test
  void standingStillItIsReplaced() throws Exception {
    server = new ForkServer(() -> program, NOWHERE, Duration.ofSeconds(1));
    LauncherProcess first = living(server, "first");
    int stopped = parent(first);
    assertThat(Processes.kill(stopped, Signal.STOP)).isTrue();

    LauncherProcess second = living(server, "second");

    assertThat(parent(second)).isNotEqualTo(stopped);
    assertThat(text(stopped, "stat")).as("reaped").isEmpty();
    end(first);
    end(second);
  }

  @Test
  void aLauncherThatNobodyWaitsForEnds() throws Exception {
    LauncherProcess first = living(server, "first");
    try (Flock lock = Flock.shared(lockFile)) {
      server.begin(List.of("unwanted", "detached"), lock.fd(), Fd.standardStreams()).close();
    }
    // Requests are served in their order.
    end(living(server, "second"));

    assertOnlyChild(parent(first), first);
    end(first);
  }

  /// The end of a launcher's socket is told before the last of it is gone.
  private static void assertOnlyChild(int server, LauncherProcess launcher) {
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(text(server, "task/" + server + "/children").strip())
                .isEqualTo("" + launcher.pid()));
  }

  @Test
  void aLauncherThatStandsStillHoldsUpNoOther() throws Exception {
    LauncherProcess first = living(server, "first");
    assertThat(Processes.kill(first.pid(), Signal.STOP)).isTrue();

    end(living(server, "second"));

    assertThat(Processes.kill(first.pid(), Signal.CONT)).isTrue();
    end(first);
  }

  @Test
  void itEndsWithItsHolderAndItsLaunchersGoOn() throws Exception {
    LauncherProcess launcher = living(server, "run");
    int pid = parent(launcher);

    server.close();

    assertThat(text(pid, "stat")).as("reaped").isEmpty();
    assertThat(status(launcher.pid(), "State")).isNotEmpty().doesNotStartWith("Z");
    end(launcher);
    assertThatThrownBy(() -> living(server, "late")).isInstanceOf(IsolatorException.class);
  }

  @Test
  void manyLeaveNothing() throws Exception {
    LauncherProcess first = living(server, "first");
    int pid = parent(first);
    int ours = descriptors((int) ProcessHandle.current().pid()).size();
    for (int i = 0; i < MANY; i++) {
      Holder holder = new Holder();
      LauncherProcess launcher = start(server, "run", "exit 0", holder);
      holder.hears(LauncherMessage.Started.class);
      holder.hears(LauncherMessage.Exited.class);
      launcher.quit();
      Files.delete(run("run").resolve("status"));
    }

    assertThat(parent(first)).isEqualTo(pid);
    assertThat(descriptors(pid)).hasSize(4);
    assertThat(descriptors((int) ProcessHandle.current().pid()).size()).isLessThan(ours + 50);
    assertOnlyChild(pid, first);
    end(first);
  }

  @Test
  void aProgramThatIsNotThereIsTold() {
    program = Path.of("/nonexistent/program");

    assertThatThrownBy(() -> living(server, "run"))
        .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.is(Errno.ENOENT)).isTrue());
  }

  @Test
  void aCgroupThatCannotBeEnteredIsTold() {
    server =
        new ForkServer(
            () -> program, new Cgroup.Entry(List.of(directory.resolve("tasks")), Optional.empty()));

    assertThatThrownBy(() -> living(server, "run"))
        .isInstanceOf(IsolatorException.class)
        .hasMessageContaining("no such file or directory");
  }
}

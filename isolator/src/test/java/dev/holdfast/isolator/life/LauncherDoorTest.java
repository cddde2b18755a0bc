package dev.holdfast.isolator.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.isolator.launcher.LaunchRecord;
import dev.holdfast.isolator.launcher.LauncherMessage;
import dev.holdfast.isolator.launcher.LauncherProcess;
import dev.holdfast.isolator.launcher.LauncherProgram;
import dev.holdfast.isolator.launcher.SpawnedLaunchers;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.Fd;
import dev.holdfast.linux.Flock;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import dev.holdfast.linux.UnixSocket;
import dev.holdfast.linux.WaitStatus;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The executor-launcher of a detached run, and those who come through its door one after another.
@KernelTest
@Timeout(30)
class LauncherDoorTest {
  private static final int SIGNAL_ORDER = 1;

  @TempDir private Path directory;

  private final KernelEvents events = new KernelEvents();
  private final List<LauncherProcess> started = new CopyOnWriteArrayList<>();
  private final List<Thread> letGo = new ArrayList<>();
  private Path run = Path.of("/nonexistent");
  private Path fifo = Path.of("/nonexistent");

  @BeforeEach
  void makePlaces() throws Exception {
    run = Files.createDirectory(directory.resolve("run"));
    fifo = directory.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
  }

  @AfterEach
  void close() throws InterruptedException {
    for (LauncherProcess launcher : started) {
      boolean _ = Processes.kill(launcher.pid(), Signal.KILL); // of a test that failed
    }
    awaitLaunchersEnd();
    events.close();
  }

  /// Somebody at a launcher's socket, and what he has heard.
  private static final class Holder implements LauncherProcess.Listener {
    private static final String END = "the end";
    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();

    @Override
    public void received(LauncherMessage message) {
      heard.add(message);
    }

    @Override
    public void ended() {
      heard.add(END);
    }

    <T> T hears(Class<T> type) throws InterruptedException {
      Object next = Optional.<Object>ofNullable(heard.poll(20, TimeUnit.SECONDS)).orElse("nothing");
      assertThat(next).isInstanceOf(type);
      return type.cast(next);
    }

    void hearsTheEnd() throws InterruptedException {
      assertThat(hears(String.class)).isEqualTo(END);
    }

    void hearsTheExit(int rawStatus) throws InterruptedException {
      assertThat(hears(LauncherMessage.Exited.class).status()).isEqualTo(new WaitStatus(rawStatus));
    }
  }

  private LaunchRecord record(String script) {
    return record(LaunchRecord.DOOR, script);
  }

  private LaunchRecord record(int flags, String script) {
    return new LaunchRecord()
        .flags(flags)
        .runDirectory(run)
        .workDirectory(directory)
        .credentials(0, 0, List.of())
        .argument("sh")
        .argument("-c")
        .argument(script)
        .candidate("/bin/sh");
  }

  /// Whose leader ends with this code once it is told to.
  private LaunchRecord patient(int code) {
    return patient(LaunchRecord.DOOR, code);
  }

  private LaunchRecord patient(int flags, int code) {
    return record(flags, "read line <'" + fifo + "'; exit " + code);
  }

  private void tellLeader() throws IOException {
    Files.writeString(fifo, "now\n");
  }

  private LauncherProcess start(LaunchRecord record, Holder holder) throws IOException {
    Path lockFile = directory.resolve("lock");
    if (!Files.exists(lockFile)) {
      Files.createFile(lockFile);
    }
    try (Flock lock = Flock.shared(lockFile)) {
      LauncherProcess launcher =
          LauncherProcess.start(
              new SpawnedLaunchers(LauncherProgram.locate(directory.resolve("lib")))
                  .begin(LauncherLabel.of("x", true), lock.fd(), Fd.standardStreams()),
              events,
              holder);
      launcher.launch(record.encode());
      return launcher;
    }
  }

  private LauncherProcess connect(Holder holder) {
    return LauncherProcess.connect(run, events, holder);
  }

  /// The first holder goes. It is the launcher's parent, which waits for it.
  private void letGo(LauncherProcess first) {
    started.add(first);
    letGo.add(
        Thread.ofPlatform()
            .start(() -> {
              first.close();
              started.remove(first);
            }));
  }

  private void awaitLaunchersEnd() throws InterruptedException {
    for (Thread thread : letGo) {
      thread.join();
    }
  }

  /// One that nobody holds, whose leader runs.
  private LauncherMessage.Started abandoned(LaunchRecord record) throws Exception {
    Holder holder = new Holder();
    LauncherProcess first = start(record, holder);
    LauncherMessage.Started started = holder.hears(LauncherMessage.Started.class);
    letGo(first);
    return started;
  }

  @Test
  void whoeverComesIsToldAgainHowItBeganAndEnded() throws Exception {
    LauncherMessage.Started began = abandoned(patient(3));
    for (int i = 0; i < 2; i++) {
      Holder holder = new Holder();
      try (LauncherProcess launcher = connect(holder)) {
        assertThat(holder.hears(LauncherMessage.Started.class)).isEqualTo(began);
        assertThat(launcher.pid()).isEqualTo(began.launcher());
      }
    }
    Holder present = new Holder();
    LauncherProcess _ = connect(present);
    present.hears(LauncherMessage.Started.class);

    tellLeader();

    LauncherMessage.Exited ended = present.hears(LauncherMessage.Exited.class);
    assertThat(ended.status()).isEqualTo(new WaitStatus(3 << 8));
    Holder late = new Holder();
    LauncherProcess last = connect(late);
    assertThat(late.hears(LauncherMessage.Started.class)).isEqualTo(began);
    assertThat(late.hears(LauncherMessage.Exited.class)).isEqualTo(ended);
    last.quit();
    awaitLaunchersEnd();
    assertThatThrownBy(() -> connect(new Holder()))
        .isInstanceOfSatisfying(
            LinuxException.class, e -> assertThat(e.is(Errno.ECONNREFUSED)).isTrue());
  }

  @Test
  void theNewestHolderIsTheOne() throws Exception {
    abandoned(record("exec sleep 1000"));
    Holder older = new Holder();
    LauncherProcess replaced = connect(older);
    older.hears(LauncherMessage.Started.class);

    Holder newer = new Holder();
    LauncherProcess launcher = connect(newer);
    newer.hears(LauncherMessage.Started.class);

    older.hearsTheEnd();
    replaced.signalGroup(Signal.KILL); // nobody hears it
    launcher.signalGroup(Signal.TERM);
    newer.hearsTheExit(Signal.TERM.number());
    replaced.close();
    launcher.quit();
  }

  @Test
  void halfAnOrderIsForgottenWithWhoGaveIt() throws Exception {
    abandoned(record("exec sleep 1000"));
    byte[] order =
        ByteBuffer.allocate(8)
            .order(ByteOrder.nativeOrder())
            .putInt(SIGNAL_ORDER)
            .putInt(Signal.KILL.number())
            .array();
    for (int length = 1; length < order.length; length++) {
      Fd socket = UnixSocket.connect(run, "control");
      socket.writeFully(java.util.Arrays.copyOf(order, length));
      socket.close();
    }

    Holder holder = new Holder();
    LauncherProcess launcher = connect(holder);
    holder.hears(LauncherMessage.Started.class);
    launcher.signalGroup(Signal.TERM);

    holder.hearsTheExit(Signal.TERM.number());
    launcher.quit();
  }

  @Test
  void withoutAHolderItGoesOnAndWritesHowItEnded() throws Exception {
    LauncherMessage.Started began = abandoned(patient(7));
    assertThat(RunFiles.read(run).ended()).isEmpty();

    tellLeader();
    awaitLaunchersEnd();

    RunFiles files = RunFiles.read(run);
    assertThat(files.pids().orElseThrow())
        .isEqualTo(
            new RunFiles.Pids(
                began.launcher(),
                files.pids().orElseThrow().launcherStart(),
                began.leader(),
                began.leaderStartTicks()));
    RunFiles.Ended ended = files.ended().orElseThrow();
    assertThat(ended.status()).isEqualTo(new WaitStatus(7 << 8));
    assertThat(ended.started()).isEqualTo(began.at());
    assertThat(ended.took()).isPositive();
    assertThat(ended.at()).isAfterOrEqualTo(ended.started());
  }

  /// The seed waited for any child there was, whoever had started it.
  @Test
  void anotherChildOfTheHolderKeepsItsStatus() throws Exception {
    for (int i = 0; i < 10; i++) {
      Holder holder = new Holder();
      LauncherProcess launcher = start(record(0, "exit 7"), holder);
      holder.hears(LauncherMessage.Started.class);
      holder.hearsTheExit(7 << 8);
      // It may end before the launcher, with it, or after it.
      Process other = new ProcessBuilder("sh", "-c", "exit 9").start();
      launcher.quit();

      assertThat(other.waitFor()).isEqualTo(9);
    }
  }

  @Test
  void itStaysAsLongAsSomebodyWritesToTheLogs() throws Exception {
    Path stdout = directory.resolve("stdout");
    abandoned(
        record("(read line <'" + fifo + "'; echo late) & echo early")
            .log(1, 2, 1 << 20, stdout)
            .log(2, 2, 1 << 20, directory.resolve("stderr")));

    Holder holder = new Holder();
    try (LauncherProcess _ = connect(holder)) {
      holder.hears(LauncherMessage.Started.class);
      holder.hearsTheExit(0);
    }
    tellLeader();
    awaitLaunchersEnd();

    assertThat(stdout).hasContent("early\nlate\n");
  }

  /// Of what does not fit the last is kept, without a gap.
  @Test
  void logsAreRotatedAndStayWithinTheirSize() throws Exception {
    Path stdout = directory.resolve("stdout");
    abandoned(
        record("i=10000; while [ $i -lt 15000 ]; do echo $i; i=$((i + 1)); done")
            .log(1, 3, 4096, stdout)
            .log(2, 3, 4096, directory.resolve("stderr")));
    awaitLaunchersEnd();

    StringBuilder kept = new StringBuilder();
    for (String name : List.of("stdout.2", "stdout.1", "stdout")) {
      String text = Files.readString(directory.resolve(name));
      assertThat(text).as(name).isNotEmpty().hasSizeLessThanOrEqualTo(4096);
      kept.append(text);
    }
    StringBuilder written = new StringBuilder();
    for (int i = 10000; i < 15000; i++) {
      written.append(i).append('\n');
    }
    assertThat(written.toString()).endsWith(kept.toString());
    assertThat(directory.resolve("stdout.3")).doesNotExist();
  }

  @Test
  void theStdinOfARunWithLogsIsEmpty() throws Exception {
    Path stdout = directory.resolve("stdout");
    abandoned(
        record("readlink /proc/self/fd/0; cat; echo end")
            .log(1, 2, 1 << 20, stdout)
            .log(2, 2, 1 << 20, directory.resolve("stderr")));
    awaitLaunchersEnd();

    assertThat(stdout).hasContent("/dev/null\nend\n");
  }

  @Test
  void theDoorIsThereHoweverLongItsPath() throws Exception {
    for (int i = 0; i < 3; i++) {
      run = Files.createDirectory(run.resolve("x".repeat(100)));
    }
    LauncherMessage.Started began = abandoned(patient(0));

    Holder holder = new Holder();
    LauncherProcess launcher = connect(holder);
    assertThat(holder.hears(LauncherMessage.Started.class)).isEqualTo(began);
    tellLeader();
    holder.hearsTheExit(0);
    launcher.quit();
  }

  @Test
  void aRunThatDoesNotAskForADoorHasNone() throws Exception {
    Holder holder = new Holder();
    LauncherProcess launcher = start(patient(0, 0), holder);
    holder.hears(LauncherMessage.Started.class);

    assertThat(run.resolve("control")).doesNotExist();
    assertThatThrownBy(() -> connect(new Holder()))
        .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.is(Errno.ENOENT)).isTrue());
    tellLeader();
    holder.hearsTheExit(0);
    launcher.quit();
  }

  /// As when two agents were mistaken for one another.
  @Test
  void aDoorThatIsThereAlreadyFailsTheLaunch() throws Exception {
    Files.createFile(run.resolve("control"));
    Holder holder = new Holder();
    LauncherProcess launcher = start(patient(0), holder);

    LauncherMessage.Failed failed = holder.hears(LauncherMessage.Failed.class);

    assertThat(failed.step()).isEqualTo(LauncherMessage.Step.DOOR);
    assertThat(RunFiles.read(run)).isEqualTo(new RunFiles(Optional.empty(), Optional.empty()));
    launcher.quit();
  }
}

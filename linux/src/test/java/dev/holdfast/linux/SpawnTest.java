package dev.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SpawnTest {
  private static final Path SHELL = Path.of("/bin/sh");

  @Test
  void reportsTheExitCode() {
    int pid = shell("exit 42");

    WaitStatus status = Processes.await(pid);

    assertThat(status.exitCode()).contains(42);
    assertThat(status.signal()).isEmpty();
  }

  @Test
  void reportsTheSignal() {
    int pid = shell("kill -TERM $$");

    WaitStatus status = Processes.await(pid);

    assertThat(status.signal()).contains(Signal.TERM);
    assertThat(status.exitCode()).isEmpty();
  }

  @Test
  void reportsAProgramThatIsNotThere() {
    Path absent = Path.of("/nonexistent/program");

    assertThatThrownBy(() -> Spawn.start(absent, List.of("program"), List.of()))
        .hasMessage("posix_spawn '/nonexistent/program': ENOENT");
  }

  @Test
  void givesTheDescriptorsFromThreeOn() {
    try (SocketPair first = SocketPair.create();
        SocketPair second = SocketPair.create()) {
      int pid =
          Spawn.start(
              SHELL,
              List.of("sh", "-c", "echo three >&3; echo four >&4"),
              List.of(first.theirs(), second.theirs()));
      Processes.await(pid);

      assertThat(text(first.ours())).isEqualTo("three\n");
      assertThat(text(second.ours())).isEqualTo("four\n");
    }
  }

  @Test
  void givesItsStdioInPlaceOfOurs() {
    try (SocketPair sockets = SocketPair.create()) {
      sockets.ours().writeFully("word\n".getBytes(StandardCharsets.UTF_8));
      int pid =
          Spawn.start(
              SHELL,
              List.of("sh", "-c", "read line; echo out $line; echo err $line >&2"),
              List.of(),
              List.of(sockets.theirs(), sockets.theirs(), sockets.theirs()));
      Processes.await(pid);

      assertThat(text(sockets.ours())).isEqualTo("out word\nerr word\n");
    }
  }

  @Test
  void givesAnEmptyEnvironment() {
    // The kernel's view of the shell itself, before it makes variables of its own.
    int pid = shell("read line < /proc/$$/environ; test -z \"$line\"");

    assertThat(Processes.await(pid).exitCode()).contains(0);
  }

  @Test
  void aPidfdOfAnEndedProcessTakesNoSignal() {
    int pid = shell("exec sleep 1000");
    try (Fd process = Processes.open(pid)) {
      assertThat(Processes.kill(process, Signal.KILL)).isTrue();
      assertThat(Processes.await(pid).signal()).contains(Signal.KILL);

      assertThat(Processes.kill(process, Signal.TERM)).isFalse();
    }
    assertThat(Processes.kill(pid, Signal.TERM)).isFalse();
  }

  @Test
  void aDescriptorOfAnotherProcessIsTheSameFile() {
    try (SocketPair sockets = SocketPair.create()) {
      int pid = Spawn.start(SHELL, List.of("sh", "-c", "read line <&3"), List.of(sockets.theirs()));
      try (Fd process = Processes.open(pid);
          Fd copy = Processes.descriptor(process, 3)) {
        copy.writeFully("word".getBytes(StandardCharsets.UTF_8));
        byte[] heard = new byte[4];
        assertThat(sockets.ours().read(heard)).isEqualTo(4);
        assertThat(new String(heard, StandardCharsets.UTF_8)).isEqualTo("word");

        assertThatThrownBy(() -> Processes.descriptor(process, 99_999))
            .hasMessageContaining("EBADF");
        sockets.ours().writeFully("\n".getBytes(StandardCharsets.UTF_8));
        assertThat(Processes.await(pid).exitCode()).contains(0);
        assertThatThrownBy(() -> Processes.descriptor(process, 3)).hasMessageContaining("ESRCH");
      }
    }
  }

  @Test
  void neverSignalsAGroupByMistake() {
    assertThatThrownBy(() -> Processes.kill(0, Signal.KILL))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Processes.kill(-1, Signal.KILL))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aStrangerCannotBeWaitedFor() {
    assertThatThrownBy(() -> Processes.await(1)).hasMessage("waitid '1': ECHILD");
  }

  private static int shell(String script) {
    return Spawn.start(SHELL, List.of("sh", "-c", script), List.of());
  }

  private static String text(Fd fd) {
    byte[] bytes = new byte[100];
    return new String(bytes, 0, fd.read(bytes), StandardCharsets.UTF_8);
  }
}

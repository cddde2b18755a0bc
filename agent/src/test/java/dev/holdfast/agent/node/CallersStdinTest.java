package dev.holdfast.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.agent.Caller;
import dev.holdfast.agent.NodeException;
import dev.holdfast.linux.Fd;
import dev.holdfast.linux.proc.ProcFs;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallersStdinTest {
  private static final int SELF = (int) ProcessHandle.current().pid();
  private static final int NO_PROCESS = Integer.MAX_VALUE;

  @TempDir Path directory;

  private static CallersStdin of(Caller caller) {
    return new CallersStdin(caller, ProcFs.system());
  }

  private static Caller user() throws Exception {
    int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    return new Caller(uid, uid, "itself", Caller.Role.USER);
  }

  @Test
  void aCallersOwnIsTaken() throws Exception {
    try (Fd stdin = of(user()).of(SELF).orElseThrow()) {
      assertThat(stdin.toString()).isNotEqualTo("descriptor 0");
    }
  }

  @Test
  void thatOfAnothersProcessIsNot() throws Exception {
    Caller other = new Caller(user().uid() + 4711, 1, "anna", Caller.Role.USER);

    assertThatThrownBy(() -> of(other).of(SELF))
        .isInstanceOfSatisfying(
            NodeException.class, e -> assertThat(e.kind()).isEqualTo(NodeException.Kind.FORBIDDEN))
        .hasMessage("stdin_pid: process " + SELF + " is not anna's");
  }

  @Test
  void whatIsNoProcessIsRefused() throws Exception {
    for (int pid : new int[] {0, -1, Integer.MIN_VALUE, NO_PROCESS}) {
      assertThatThrownBy(() -> of(user()).of(pid))
          .isInstanceOfSatisfying(
              NodeException.class,
              e -> assertThat(e.kind()).isEqualTo(NodeException.Kind.BAD_REQUEST))
          .hasMessageContaining(Integer.toString(pid));
    }
  }

  @Test
  void overTcpThereIsNoProcessToName() {
    assertThatThrownBy(() -> of(Caller.TOKEN).of(SELF))
        .isInstanceOfSatisfying(
            NodeException.class,
            e -> assertThat(e.kind()).isEqualTo(NodeException.Kind.BAD_REQUEST))
        .hasMessageContaining("Unix socket");
  }

  @Test
  void aClosedOneIsEmpty() throws Exception {
    Process closed = new ProcessBuilder("sh", "-c", "exec sleep 1000 <&-").start();
    try {
      while (Files.exists(Path.of("/proc/" + closed.pid() + "/fd/0"))) {
        Thread.onSpinWait();
      }
      assertThat(of(user()).of((int) closed.pid())).isEmpty();
    } finally {
      closed.destroyForcibly();
    }
  }
}

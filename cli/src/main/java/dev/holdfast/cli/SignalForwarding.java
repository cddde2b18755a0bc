package dev.holdfast.cli;

import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Run;
import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Passes on what is sent to this process.
///
/// SIGINT goes to the command as a terminal's would; a second one stops the run, a third kills it.
/// SIGTERM stops it. SIGTSTP pauses it while this process is stopped. SIGHUP, SIGUSR1 and SIGWINCH
/// are forwarded. A signal that was ignored when we were started, as `nohup` does, stays ignored.
final class SignalForwarding implements AutoCloseable {
  private record Replaced(sun.misc.Signal signal, sun.misc.SignalHandler handler) {}

  private final Run run;
  private final Duration stopTimeout;
  private final StatusLine status;
  private final AtomicInteger interrupts = new AtomicInteger();
  private final List<Replaced> replaced = new ArrayList<>();

  private SignalForwarding(Run run, Duration stopTimeout, StatusLine status) {
    this.run = run;
    this.status = status;
    this.stopTimeout = stopTimeout;
  }

  static SignalForwarding to(Run run, Duration stopTimeout, StatusLine status) {
    SignalForwarding forwarding = new SignalForwarding(run, stopTimeout, status);
    forwarding.handle(Signal.INT, forwarding::interrupt);
    forwarding.handle(Signal.TERM, () -> run.stop("SIGTERM", stopTimeout));
    forwarding.handle(Signal.HUP, () -> run.signal(Signal.HUP));
    forwarding.handle(Signal.USR1, () -> run.signal(Signal.USR1));
    forwarding.handle(Signal.WINCH, () -> run.signal(Signal.WINCH));
    forwarding.handle(Signal.TSTP, forwarding::suspend);
    // The JVM's answer would be a dump of its threads on stdout.
    Processes.ignore(Signal.QUIT);
    return forwarding;
  }

  private void interrupt() {
    switch (interrupts.incrementAndGet()) {
      case 1 -> run.signal(Signal.INT);
      case 2 -> run.stop("SIGINT", stopTimeout);
      default -> run.stop("SIGINT", Duration.ZERO);
    }
  }

  private void suspend() {
    try {
      run.pause();
    } catch (IsolatorException ended) {
      return; // then there is nothing to pause, and nothing to wait for
    }
    status.giveBack();
    Processes.kill((int) ProcessHandle.current().pid(), Signal.STOP);
    // Here we are again after SIGCONT.
    run.unpause();
  }

  private void handle(Signal signal, Runnable action) {
    sun.misc.Signal known = new sun.misc.Signal(signal.name().substring(3));
    sun.misc.SignalHandler before = sun.misc.Signal.handle(known, _ -> action.run());
    if (before.equals(sun.misc.SignalHandler.SIG_IGN)) {
      sun.misc.Signal.handle(known, before);
    } else {
      replaced.add(new Replaced(known, before));
    }
  }

  @Override
  public void close() {
    for (Replaced it : replaced) {
      sun.misc.Signal.handle(it.signal, it.handler);
    }
  }
}

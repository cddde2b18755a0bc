package dev.holdfast.cli;

import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Run;
import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Passes on what is sent to this process.
///
/// SIGINT goes to the command as a terminal's would; a second one stops the run, a third kills it.
/// SIGTERM stops it. SIGTSTP pauses it while this process is stopped. SIGHUP, SIGUSR1 and SIGWINCH
/// are forwarded. A signal that was ignored when we were started, as `nohup` does, stays ignored.
final class SignalForwarding implements AutoCloseable {
  private record Replaced(sun.misc.Signal signal, sun.misc.SignalHandler handler) {}

  private final Duration stopTimeout;
  private final AtomicInteger interrupts = new AtomicInteger();
  private final List<Replaced> replaced = new ArrayList<>();

  // Guarded by this.
  private final List<Consumer<Run>> early = new ArrayList<>();
  private Optional<Run> run = Optional.empty();
  private Optional<StatusLine> status = Optional.empty();

  private SignalForwarding(Duration stopTimeout) {
    this.stopTimeout = stopTimeout;
  }

  /// Takes the signals over from the JVM. What arrives before there is a run is kept for it: a
  /// caller may signal as soon as it hears from the command.
  static SignalForwarding install(Duration stopTimeout) {
    SignalForwarding forwarding = new SignalForwarding(stopTimeout);
    forwarding.handle(Signal.INT, forwarding::interrupt);
    forwarding.handle(Signal.TERM, run -> run.stop("SIGTERM", stopTimeout));
    forwarding.handle(Signal.HUP, run -> run.signal(Signal.HUP));
    forwarding.handle(Signal.USR1, run -> run.signal(Signal.USR1));
    forwarding.handle(Signal.WINCH, run -> run.signal(Signal.WINCH));
    forwarding.handle(Signal.TSTP, forwarding::suspend);
    forwarding.handle(Signal.CONT, Run::unpause);
    // The JVM's answer would be a dump of its threads on stdout.
    Processes.ignore(Signal.QUIT);
    return forwarding;
  }

  /// From now on signals go to `target`, those that have come already first.
  void attach(Run target, StatusLine line) {
    List<Consumer<Run>> waiting;
    synchronized (this) {
      run = Optional.of(target);
      status = Optional.of(line);
      waiting = List.copyOf(early);
      early.clear();
    }
    waiting.forEach(action -> action.accept(target));
  }

  private void act(Consumer<Run> action) {
    Optional<Run> target;
    synchronized (this) {
      target = run;
      if (target.isEmpty()) {
        early.add(action);
      }
    }
    target.ifPresent(action);
  }

  private void interrupt(Run target) {
    switch (interrupts.incrementAndGet()) {
      case 1 -> target.signal(Signal.INT);
      case 2 -> target.stop("SIGINT", stopTimeout);
      default -> target.stop("SIGINT", Duration.ZERO);
    }
  }

  private void suspend(Run target) {
    try {
      target.pause();
    } catch (IsolatorException ended) {
      return; // then there is nothing to pause, and nothing to wait for
    }
    Optional<StatusLine> line;
    synchronized (this) {
      line = status;
    }
    line.ifPresent(StatusLine::giveBack);
    // Takes effect when the kernel gets round to it, not before this returns: what is to follow is
    // SIGCONT's business.
    Processes.kill((int) ProcessHandle.current().pid(), Signal.STOP);
  }

  private void handle(Signal signal, Consumer<Run> action) {
    sun.misc.Signal known = new sun.misc.Signal(signal.name().substring(3));
    sun.misc.SignalHandler before = sun.misc.Signal.handle(known, _ -> act(action));
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

package dev.holdfast.cli;

import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
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

  private final AtomicInteger interrupts = new AtomicInteger();
  private final List<Replaced> replaced = new ArrayList<>();

  // Guarded by this.
  private final List<Consumer<SignalTarget>> early = new ArrayList<>();
  private Optional<SignalTarget> run = Optional.empty();
  private Runnable beforeSuspension = () -> {};

  private SignalForwarding() {}

  /// Takes the signals over from the JVM. What arrives before there is a run is kept for it: a
  /// caller may signal as soon as it hears from the command.
  static SignalForwarding install() {
    SignalForwarding forwarding = new SignalForwarding();
    forwarding.handle(Signal.INT, forwarding::interrupt);
    forwarding.handle(Signal.TERM, run -> run.stop("SIGTERM"));
    forwarding.handle(Signal.HUP, run -> run.signal(Signal.HUP));
    forwarding.handle(Signal.USR1, run -> run.signal(Signal.USR1));
    forwarding.handle(Signal.WINCH, run -> run.signal(Signal.WINCH));
    forwarding.handle(Signal.TSTP, forwarding::suspend);
    forwarding.handle(Signal.CONT, SignalTarget::unpause);
    // The JVM's answer would be a dump of its threads on stdout.
    Processes.ignore(Signal.QUIT);
    return forwarding;
  }

  /// From now on signals go to `target`, those that have come already first.
  ///
  /// @param beforeSuspension done before this process is stopped
  void attach(SignalTarget target, Runnable beforeSuspension) {
    List<Consumer<SignalTarget>> waiting;
    synchronized (this) {
      run = Optional.of(target);
      this.beforeSuspension = beforeSuspension;
      waiting = List.copyOf(early);
      early.clear();
    }
    waiting.forEach(action -> action.accept(target));
  }

  private void act(Consumer<SignalTarget> action) {
    Optional<SignalTarget> target;
    synchronized (this) {
      target = run;
      if (target.isEmpty()) {
        early.add(action);
      }
    }
    target.ifPresent(action);
  }

  private void interrupt(SignalTarget target) {
    switch (interrupts.incrementAndGet()) {
      case 1 -> target.signal(Signal.INT);
      case 2 -> target.stop("SIGINT");
      default -> target.kill("SIGINT");
    }
  }

  private void suspend(SignalTarget target) {
    if (!target.pause()) {
      return; // it has ended: then there is nothing to wait for
    }
    Runnable before;
    synchronized (this) {
      before = beforeSuspension;
    }
    before.run();
    // Takes effect when the kernel gets round to it, not before this returns: what is to follow is
    // SIGCONT's business.
    Processes.kill((int) ProcessHandle.current().pid(), Signal.STOP);
  }

  private void handle(Signal signal, Consumer<SignalTarget> action) {
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

package dev.holdfast.agent.node;

import dev.holdfast.agent.Caller;
import dev.holdfast.api.KillReceipt;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Run;
import dev.holdfast.linux.Signal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Ends, holds and signals runs.
final class Control {
  private Control() {}

  /// @throws dev.holdfast.agent.NodeException CONFLICT when it has ended, or is not there yet
  static Run live(Entry entry) {
    if (!entry.isLive()) {
      throw ended(entry);
    }
    return entry
        .run()
        .orElseThrow(() -> Refusals.conflict("the run " + entry.id() + " is being launched"));
  }

  private static RuntimeException ended(Entry entry) {
    String verdict = entry.ending().map(Ending::verdict).orElse("");
    return Refusals.conflict("the run " + entry.id() + " has ended: " + verdict);
  }

  static KillReceipt kill(Entry entry, Caller caller, Optional<String> signalName)
      throws InterruptedException {
    Signal signal = Signal.KILL;
    if (signalName.isPresent()) {
      signal =
          Signal.parse(signalName.get())
              .orElseThrow(() ->
                  Refusals.bad(
                      "signal: there is no signal '"
                          + signalName.get()
                          + "': write a name as TERM or SIGTERM, or a number from 1 to 64"));
    }
    Run run = live(entry);
    if (signal.equals(Signal.KILL)) {
      run.stop(caller.name(), Duration.ZERO);
      return receipt(entry, awaitEnd(entry));
    }
    guarded(run, signal);
    return new KillReceipt(entry.id().toString(), signal.name(), null, null, null, null);
  }

  private static void guarded(Run run, Signal signal) {
    try {
      run.signal(signal);
    } catch (IsolatorException e) {
      throw Refusals.unavailable(e.getMessage(), e);
    }
  }

  private static KillReceipt receipt(Entry entry, Ending ending) {
    String id = entry.id().toString();
    return ending
        .kill()
        .map(kill ->
            new KillReceipt(
                id,
                Signal.KILL.name(),
                kill.mechanism().label(),
                kill.count(),
                kill.took().toNanos() / 1e9,
                kill.victims().stream()
                    .map(victim -> new KillReceipt.Victim(victim.pid(), victim.name()))
                    .toList()))
        .orElseGet(() -> new KillReceipt(id, Signal.KILL.name(), null, null, null, null));
  }

  static void stop(Entry entry, Caller caller, Optional<Duration> timeout)
      throws InterruptedException {
    if (timeout.filter(Duration::isNegative).isPresent()) {
      throw Refusals.bad("timeout: it must not be negative");
    }
    if (!entry.isLive()) {
      return; // what was asked for is so, as with docker
    }
    live(entry).stop(caller.name(), timeout.orElse(entry.checkpoint().spec().stopTimeout()));
    awaitEnd(entry);
  }

  static void pause(Entry entry) {
    try {
      live(entry).pause();
    } catch (IsolatorException e) {
      throw Refusals.unavailable(e.getMessage(), e);
    }
  }

  static void unpause(Entry entry) {
    try {
      live(entry).unpause();
    } catch (IsolatorException e) {
      throw Refusals.unavailable(e.getMessage(), e);
    }
  }

  static Ending awaitEnd(Entry entry) throws InterruptedException {
    try {
      return entry.whenEnded().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  static Optional<Ending> awaitEnd(Entry entry, Duration patience) throws InterruptedException {
    try {
      return Optional.of(entry.whenEnded().get(patience.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}

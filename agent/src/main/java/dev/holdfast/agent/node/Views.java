package dev.holdfast.agent.node;

import com.google.gson.JsonObject;
import dev.holdfast.agent.checkpoint.Checkpoint;
import dev.holdfast.api.Event;
import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.api.Explanation;
import dev.holdfast.api.ProcessInfo;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunName;
import dev.holdfast.isolator.Usage;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What callers see of a run.
final class Views {
  private final House house;

  Views(House house) {
    this.house = house;
  }

  /// @param whole with its outcome
  ExecutorInfo info(Entry entry, boolean whole) {
    Checkpoint checkpoint = entry.checkpoint();
    Optional<Ending> ending = entry.ending();
    Optional<Run> live = ending.isPresent() ? Optional.empty() : entry.run();
    return new ExecutorInfo(
        entry.id().toString(),
        entry.executor().framework(),
        entry.executor().name(),
        entry.state(),
        checkpoint.owner().name(),
        checkpoint.user(),
        checkpoint.spec().command(),
        checkpoint.spec().labels(),
        WireLimits.format(checkpoint.spec().limits()),
        ending.isPresent() ? null : checkpoint.deferred().orElse(null),
        checkpoint.created().toString(),
        ending
            .map(Ending::started)
            .or(() -> live.flatMap(Run::started))
            .map(Instant::toString)
            .orElse(null),
        ending.map(it -> it.finished().toString()).orElse(null),
        live.map(Run::leader).filter(pid -> pid > 0).orElse(null),
        live.map(Run::launcher).filter(pid -> pid > 0).orElse(null),
        checkpoint.sandbox().toString(),
        house
            .settings()
            .cgroupsRoot()
            .child(RunName.of(entry.executor(), entry.id()).toString())
            .toString(),
        live.map(Run::cgroupDirectories).orElse(List.of()).stream().map(Path::toString).toList(),
        ending.map(Ending::verdict).orElse(null),
        ending.map(Ending::exitCode).orElse(null),
        whole ? ending.map(it -> it.outcome().json()).orElse(null) : null);
  }

  List<ProcessInfo> top(Entry entry) {
    Optional<Run> run = entry.isLive() ? entry.run() : Optional.empty();
    return run.map(it -> new Top(house.proc(), house.users()).of(it.processes())).orElse(List.of());
  }

  Explanation explain(Entry entry, boolean unsaved) {
    Optional<JsonObject> outcome = entry.ending().map(it -> it.outcome().json());
    List<Event> events = house.journal().of(entry.id().toString());
    Optional<Usage> usage = entry.isLive() ? entry.run().map(Run::usage) : Optional.empty();
    Explaining explaining =
        new Explaining(
            entry.checkpoint(),
            entry.state(),
            entry.started(),
            house.clock().instant(),
            usage,
            entry.run().flatMap(Run::fetching));
    List<String> details = explaining.details(outcome, events);
    if (unsaved) {
      details.add("its outcome could not be written down yet: that is tried again");
    }
    return new Explanation(
        entry.id().toString(),
        entry.state(),
        explaining.summary(outcome),
        details,
        events,
        outcome.orElse(null));
  }
}

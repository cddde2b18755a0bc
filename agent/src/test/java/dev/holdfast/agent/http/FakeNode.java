package dev.holdfast.agent.http;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.holdfast.agent.Caller;
import dev.holdfast.agent.Node;
import dev.holdfast.agent.NodeException;
import dev.holdfast.api.Event;
import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.api.Explanation;
import dev.holdfast.api.KillReceipt;
import dev.holdfast.api.LaunchRequest;
import dev.holdfast.api.NodeInfo;
import dev.holdfast.api.ProcessInfo;
import dev.holdfast.api.ResourceLimits;
import dev.holdfast.api.Stats;
import dev.holdfast.api.UpdateResult;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A node with one run, which tells what it was asked. Ids with a meaning: `missing`, `forbidden`,
/// `busy`, `huge`, `later` and `broken` fail in that way; whatever is asked of `slow` waits for
/// [#release].
final class FakeNode implements Node {
  static final String RUN = "0b0c5a70-8b6c-4d2e-9a57-5b7c4f1a2d3e";
  static final JsonObject OUTCOME = new JsonObject();

  static {
    OUTCOME.add("verdict", new JsonPrimitive("exited"));
  }

  final List<String> calls = new CopyOnWriteArrayList<>();
  final AtomicInteger waiting = new AtomicInteger();
  final AtomicInteger openLogs = new AtomicInteger();
  final CountDownLatch release = new CountDownLatch(1);
  private final List<Event> remembered = new ArrayList<>();
  private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();

  int listeners() {
    return listeners.size();
  }

  synchronized void publish(Event event) {
    remembered.add(event);
    listeners.forEach(listener -> listener.accept(event));
  }

  static Event event(long id, String message) {
    return new Event(id, "2026-11-22T10:00:00Z", "launched", RUN, "default", "web", message, null);
  }

  private void called(Caller caller, String what, String id, Object... more) {
    calls.add(caller.name() + " " + what + " " + id + (more.length > 0 ? " " + List.of(more) : ""));
    switch (id) {
      case "missing" -> fail(NodeException.Kind.NOT_FOUND, "there is no run 'missing'");
      case "forbidden" -> fail(NodeException.Kind.FORBIDDEN, "not yours");
      case "busy" -> fail(NodeException.Kind.CONFLICT, "it still runs");
      case "huge" -> fail(NodeException.Kind.TOO_LARGE, "too much");
      case "later" -> fail(NodeException.Kind.UNAVAILABLE, "not now");
      case "senseless" -> fail(NodeException.Kind.BAD_REQUEST, "no sense");
      case "broken" -> throw new IllegalStateException("secret details");
      case "slow" -> awaitRelease(Duration.ofMinutes(1));
      default -> {}
    }
  }

  private static void fail(NodeException.Kind kind, String message) {
    throw new NodeException(kind, message);
  }

  private boolean awaitRelease(Duration patience) {
    waiting.incrementAndGet();
    try {
      return release.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      waiting.decrementAndGet();
    }
  }

  static ExecutorInfo executor() {
    return new ExecutorInfo(
        RUN,
        "default",
        "web",
        "running",
        "root",
        "root",
        List.of("sleep", "60"),
        Map.of("tier", "front"),
        ResourceLimits.NONE,
        null,
        "2026-11-22T10:00:00Z",
        "2026-11-22T10:00:01Z",
        null,
        4242,
        4241,
        "/sandbox",
        "/holdfast/default.web",
        List.of("/sys/fs/cgroup/holdfast/default.web"),
        null,
        null,
        null);
  }

  @Override
  public List<ExecutorInfo> list(Caller caller, boolean all, Optional<String> framework) {
    called(caller, "list", framework.orElse("-"), all);
    return List.of(executor());
  }

  @Override
  public ExecutorInfo launch(Caller caller, LaunchRequest request) {
    called(caller, "launch", String.valueOf(request.name()), request.command());
    return executor();
  }

  @Override
  public ExecutorInfo inspect(Caller caller, String id) {
    called(caller, "inspect", id);
    return executor();
  }

  @Override
  public UpdateResult update(Caller caller, String id, ResourceLimits limits, boolean dryRun) {
    called(caller, "update", id, String.valueOf(limits.cpus()), dryRun);
    return new UpdateResult(
        dryRun, limits, List.of(new UpdateResult.Change("cpus", "1", "2", "applied", "")));
  }

  @Override
  public void remove(Caller caller, String id) {
    called(caller, "remove", id);
  }

  @Override
  public KillReceipt kill(Caller caller, String id, Optional<String> signal) {
    called(caller, "kill", id, signal.orElse("-"));
    return new KillReceipt(
        RUN, "KILL", "freezer", 1, 0.25, List.of(new KillReceipt.Victim(4242, "sleep")));
  }

  @Override
  public ExecutorInfo stop(Caller caller, String id, Optional<Duration> timeout) {
    called(caller, "stop", id, timeout.map(Duration::toString).orElse("-"));
    return executor();
  }

  @Override
  public void pause(Caller caller, String id) {
    called(caller, "pause", id);
  }

  @Override
  public void unpause(Caller caller, String id) {
    called(caller, "unpause", id);
  }

  @Override
  public Optional<JsonObject> await(Caller caller, String id, Optional<Duration> patience)
      throws InterruptedException {
    calls.add(caller.name() + " await " + id + " " + patience);
    waiting.incrementAndGet();
    try {
      boolean ended =
          release.await(patience.orElse(Duration.ofMinutes(1)).toMillis(), TimeUnit.MILLISECONDS);
      return ended ? Optional.of(OUTCOME) : Optional.empty();
    } finally {
      waiting.decrementAndGet();
    }
  }

  static Stats sample() {
    return new Stats(
        "2026-11-22T10:00:00Z",
        1.5,
        1.0,
        0.5,
        12.5,
        0.5,
        100L,
        7L,
        0.1,
        1048576L,
        2097152L,
        1500000L,
        900000L,
        800000L,
        100000L,
        0L,
        50000L,
        0L,
        0L,
        3L,
        100L,
        4096L,
        8192L,
        1L,
        2L,
        Map.of("cpu", new Stats.PressureStats(0.5, 1.25, null, null)));
  }

  @Override
  public Stats stats(Caller caller, String id) {
    called(caller, "stats", id);
    return sample();
  }

  @Override
  public List<Stats> history(Caller caller, String id) {
    called(caller, "history", id);
    return List.of(sample(), sample());
  }

  @Override
  public List<ProcessInfo> top(Caller caller, String id) {
    called(caller, "top", id);
    return List.of(
        new ProcessInfo(
            4242, 4241, "root", "S", 1, 0.01, 4096, "2026-11-22T10:00:01Z", "sleep 60"));
  }

  @Override
  public InputStream logs(
      Caller caller, String id, String stream, boolean follow, OptionalLong tail) {
    called(caller, "logs", id, stream, follow, tail.isPresent() ? tail.getAsLong() : "-");
    openLogs.incrementAndGet();
    byte[] text = (stream + " says\n").getBytes(StandardCharsets.UTF_8);
    return new ByteArrayInputStream(text) {
      @Override
      public synchronized int read(byte[] buffer, int offset, int length) {
        int read = super.read(buffer, offset, length);
        if (read >= 0 || !follow) {
          return read;
        }
        return awaitRelease(Duration.ofMillis(50)) ? -1 : 0;
      }

      @Override
      public int read(byte[] buffer) {
        return read(buffer, 0, buffer.length);
      }

      @Override
      public void close() {
        openLogs.decrementAndGet();
      }
    };
  }

  @Override
  public Explanation explain(Caller caller, String id) {
    called(caller, "explain", id);
    return new Explanation(
        RUN, "running", "it runs", List.of("since a while"), List.of(event(1, "launched")), null);
  }

  @Override
  public Subscription events(Caller caller, OptionalLong after, Consumer<Event> listener) {
    synchronized (this) {
      calls.add(caller.name() + " events " + (after.isPresent() ? after.getAsLong() : "-"));
      remembered.stream().filter(event -> event.id() > after.orElse(0)).forEach(listener);
      listeners.add(listener);
    }
    return () -> listeners.remove(listener);
  }

  @Override
  public NodeInfo info(Caller caller) {
    NodeInfo.Resources resources = new NodeInfo.Resources(2, 4096L << 20);
    return new NodeInfo(
        "agent-1",
        "0.1.0",
        77,
        "2026-11-22T09:00:00Z",
        "boot",
        "host",
        "6.18",
        "v1",
        "holdfast",
        "/var/lib/holdfast",
        "/run/holdfast",
        resources,
        resources,
        resources,
        false,
        1,
        0,
        List.of());
  }

  @Override
  public String metrics(Caller caller) {
    return "# TYPE holdfast_runs gauge\nholdfast_runs 1\n";
  }

  @Override
  public String monitorStatistics(Caller caller) {
    return "[{\"executor_id\":\"web\"}]";
  }

  @Override
  public String monitorUsage(Caller caller) {
    return "[]";
  }
}

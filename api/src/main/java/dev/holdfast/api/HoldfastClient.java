package dev.holdfast.api;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.holdfast.api.HttpExchange.Request;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Talks to a node's agent over its Unix socket.
///
/// Holds nothing open between calls, so there is nothing to close; any number of threads may use
/// one. Every method throws [HoldfastException] with a sentence for the user. Calls that only wait
/// ([#await], followed logs and events) outlive a restart of the agent.
///
/// An `id` is a run's UUID, a unique prefix of at least 4 characters, or `framework/executor`,
/// which means the latest run.
public final class HoldfastClient {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String EXECUTORS = "/v1/executors";
  private static final String HEX = "0123456789ABCDEF";
  private static final long LONGEST_WAIT_SECONDS = 3600;

  private final Door door;

  private HoldfastClient(Door door) {
    this.door = door;
  }

  /// Of the agent where the environment says that it is; see [AgentSocket#path].
  public static HoldfastClient open() {
    return at(AgentSocket.path());
  }

  public static HoldfastClient at(Path socket) {
    return at(socket, PATIENCE);
  }

  /// @param patience how long a call that only waits puts up with an agent that is away
  public static HoldfastClient at(Path socket, Duration patience) {
    return new HoldfastClient(new Door(socket, patience));
  }

  /// Has what it takes to ask an agent loaded on other threads, and returns at once: for a program
  /// that is started for one question, and has something else to do first. Alone it takes such a
  /// program 25 ms.
  public static void warmUp() {
    inBackground(HoldfastClient::openSocket);
    inBackground(() -> Json.read("{}", ExecutorInfo.class));
  }

  private static void inBackground(Runnable work) {
    Thread thread = new Thread(work, "holdfast-warm-up");
    thread.setDaemon(true);
    thread.start();
  }

  private static void openSocket() {
    try {
      SocketChannel.open(StandardProtocolFamily.UNIX).close();
    } catch (IOException e) {
      return; // whoever asks for one in earnest is told
    }
  }

  public Path socket() {
    return door.socket();
  }

  /// @param all with those that have ended
  public List<ExecutorInfo> list(boolean all, Optional<String> framework) {
    String target = EXECUTORS + "?all=" + (all ? 1 : 0);
    return list(
        target + framework.map(it -> "&framework=" + escape(it)).orElse(""), ExecutorInfo.class);
  }

  /// Starts a run; returns when its program runs, or is known not to: then the verdict is
  /// `launch_failed`.
  public ExecutorInfo launch(LaunchRequest request) {
    return read(Request.of("POST", EXECUTORS).with(request), ExecutorInfo.class);
  }

  public ExecutorInfo inspect(String id) {
    return read(get(id, ""), ExecutorInfo.class);
  }

  /// @param limits what is absent stays as it is
  /// @param dryRun only tell what would be done
  public UpdateResult update(String id, ResourceLimits limits, boolean dryRun) {
    String target = executor(id) + (dryRun ? "?dry_run=1" : "");
    return read(Request.of("PATCH", target).with(limits), UpdateResult.class);
  }

  /// Removes a run that has ended, with its sandbox.
  public void remove(String id) {
    door.text(Request.of("DELETE", executor(id)));
  }

  /// KILL ends everything and returns when the cgroup is gone; any other signal goes to the
  /// leader's process group.
  ///
  /// @param signal as `KILL` or `SIGTERM`; KILL when absent
  public KillReceipt kill(String id, Optional<String> signal) {
    KillRequest body = new KillRequest(signal.orElse(null));
    return read(post(id, "/kill").with(body), KillReceipt.class);
  }

  /// Asks everything to end, kills what is left after `timeout`, by default the run's own, and
  /// returns when the cgroup is gone.
  public ExecutorInfo stop(String id, Optional<Duration> timeout) {
    StopRequest body =
        new StopRequest(timeout.map(it -> new JsonPrimitive(seconds(it))).orElse(null));
    return read(post(id, "/stop").with(body), ExecutorInfo.class);
  }

  public void pause(String id) {
    door.text(post(id, "/pause"));
  }

  public void unpause(String id) {
    door.text(post(id, "/unpause"));
  }

  /// Returns when the run has ended: all that is known of its end, as `run --verdict` writes it.
  public JsonObject await(String id) throws InterruptedException {
    while (true) {
      Optional<JsonObject> outcome = await(id, Duration.ofSeconds(LONGEST_WAIT_SECONDS));
      if (outcome.isPresent()) {
        return outcome.get();
      }
    }
  }

  /// The same; empty when `timeout` passes before.
  public Optional<JsonObject> await(String id, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    Reconnection reconnection = door.reconnection();
    while (true) {
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      try (HttpExchange exchange =
          door.ask(get(id, "/wait?timeout=" + seconds(left).toPlainString()))) {
        reconnection.met();
        return exchange.status() == 204
            ? Optional.empty()
            : Optional.of(door.parse(exchange.text(), JsonObject.class));
      } catch (IOException e) {
        reconnection.pause(door.failure(e));
      } catch (HoldfastException e) {
        reconnection.pause(e);
      }
    }
  }

  /// The latest reading.
  public Stats stats(String id) {
    return read(get(id, "/stats"), Stats.class);
  }

  /// The readings of the last 15 minutes, the oldest first.
  public List<Stats> history(String id) {
    return list(executor(id) + "/stats?history=1", Stats.class);
  }

  public List<ProcessInfo> top(String id) {
    return list(executor(id) + "/top", ProcessInfo.class);
  }

  /// What a detached run wrote. The caller closes it, from any thread.
  ///
  /// @param stream `stdout` or `stderr`
  /// @param follow to the run's end, otherwise what is there now
  /// @param tail begin so many lines before the end; absent from the beginning
  public InputStream logs(String id, String stream, boolean follow, OptionalLong tail) {
    String target = executor(id) + "/logs?stream=" + escape(stream);
    if (follow) {
      return new LogStream(door, target, tail, () -> hasEnded(id));
    }
    String query = tail.isPresent() ? "&tail=" + tail.getAsLong() : "";
    return door.ask(Request.of("GET", target + query)).body();
  }

  private boolean hasEnded(String id) {
    try {
      return inspect(id).state().equals("finished");
    } catch (HoldfastException e) {
      if (e.status() == 404) {
        return true;
      }
      throw e;
    }
  }

  /// Why a run is in the state that it is in.
  public Explanation explain(String id) {
    return read(get(id, "/explain"), Explanation.class);
  }

  /// What happens on the node. The caller closes it, from any thread.
  ///
  /// @param follow for ever, otherwise what is remembered
  /// @param after the id of an event: those after it, as far as they are remembered
  public EventStream events(boolean follow, OptionalLong after) {
    return new EventStream(door, follow, after);
  }

  public NodeInfo info() {
    return read(Request.of("GET", "/v1/info"), NodeInfo.class);
  }

  public VersionInfo version() {
    return read(Request.of("GET", "/v1/version"), VersionInfo.class);
  }

  /// Whether the agent is there and well.
  public boolean isHealthy() {
    try {
      door.text(Request.of("GET", "/healthz"));
      return true;
    } catch (HoldfastException e) {
      return false;
    }
  }

  private <T> T read(Request request, Class<T> type) {
    return door.parse(door.text(request), type);
  }

  private <T> List<T> list(String target, Class<T> type) {
    return door.parseList(door.text(Request.of("GET", target)), type);
  }

  private static Request get(String id, String rest) {
    return Request.of("GET", executor(id) + rest);
  }

  private static Request post(String id, String rest) {
    return Request.of("POST", executor(id) + rest);
  }

  private static String executor(String id) {
    if (id.isEmpty()) {
      throw new HoldfastException(400, "bad_request", "an id is empty");
    }
    return EXECUTORS + "/" + escape(id);
  }

  private static BigDecimal seconds(Duration duration) {
    BigDecimal seconds = BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros();
    return seconds.scale() < 0 ? seconds.setScale(0) : seconds;
  }

  /// As one segment of a path: a slash in an id is part of the id.
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean unreserved =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-._~".indexOf(c) >= 0;
      if (unreserved) {
        escaped.append(c);
      } else {
        escaped.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
      }
    }
    return escaped.toString();
  }
}

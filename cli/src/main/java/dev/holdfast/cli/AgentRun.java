package dev.holdfast.cli;

import com.google.gson.JsonObject;
import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.api.HoldfastClient;
import dev.holdfast.api.HoldfastException;
import dev.holdfast.api.LaunchRequest;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.isolator.json.OutcomeReading;
import dev.holdfast.linux.Signal;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// `holdfast run` by an agent: the run outlives both. Attached, it has our stdin, its output comes
/// here, our signals go there, and its end is told as if it had run here.
final class AgentRun {
  private final RunOptions options;
  private final Streams streams;
  private final HoldfastClient client = Surroundings.client();

  AgentRun(RunOptions options, Streams streams) {
    this.options = options;
    this.streams = streams;
  }

  /// @return the exit code
  int run() throws InterruptedException {
    boolean detached = options.words().has("--detach");
    if (detached && options.words().has("--verdict")) {
      throw new UsageException("run: --verdict waits for the run's end, and --detach does not");
    }
    Optional<VerdictFile> verdictFile = options.verdictFile();
    LaunchRequest request = new LaunchOptions(options.words()).toRequest(detached);
    RunVerb.noticeMinimum(options, streams);
    return detached ? detach(request) : attach(request, verdictFile);
  }

  private int detach(LaunchRequest request) {
    ExecutorInfo info = client.launch(request);
    if (hasFailed(info)) {
      return tell(info, outcome(info));
    }
    streams.out().println(Streams.printable(info.id()));
    return 0;
  }

  private int attach(LaunchRequest request, Optional<VerdictFile> verdictFile)
      throws InterruptedException {
    try (SignalForwarding signals = SignalForwarding.install()) {
      ExecutorInfo info = launch(request, verdictFile);
      JsonObject outcome;
      if (hasFailed(info)) {
        outcome = outcome(info);
      } else {
        signals.attach(new AgentTarget(client, info.id(), streams), () -> {});
        outcome = follow(info.id());
      }
      int status = tell(info, outcome);
      verdictFile.ifPresent(file -> file.write(outcome, streams));
      return status;
    }
  }

  private ExecutorInfo launch(LaunchRequest request, Optional<VerdictFile> verdictFile) {
    try {
      return client.launch(request);
    } catch (HoldfastException e) {
      // An agent that went away may have started it: nobody here can tell.
      if (!e.code().equals("disconnected")) {
        verdictFile.ifPresent(file -> writeRefusal(file, e.getMessage()));
      }
      throw e;
    }
  }

  private void writeRefusal(VerdictFile file, String why) {
    ExecutorSpec description;
    try {
      description = options.description();
    } catch (UsageException e) {
      return; // then that is why it was refused, and what the agent said of it is told
    }
    file.writeRefusal(description, why);
  }

  private JsonObject follow(String id) throws InterruptedException {
    LogCopy out = LogCopy.start(client, id, "stdout", true, OptionalLong.empty(), streams);
    LogCopy err = LogCopy.start(client, id, "stderr", true, OptionalLong.empty(), streams);
    JsonObject outcome = client.await(id);
    out.join();
    err.join();
    return outcome;
  }

  private static boolean hasFailed(ExecutorInfo info) {
    return "launch_failed".equals(info.verdict());
  }

  private JsonObject outcome(ExecutorInfo info) {
    JsonObject outcome = info.outcome();
    return outcome == null
        ? Optional.ofNullable(client.inspect(info.id()).outcome()).orElseGet(JsonObject::new)
        : outcome;
  }

  private int tell(ExecutorInfo info, JsonObject outcome) {
    OutcomeReading reading = new OutcomeReading(whole(outcome, info));
    reading
        .outcome()
        .ifPresentOrElse(
            it -> OutcomeText.print(it, streams),
            () -> streams.message(RunText.name(info) + " has ended as " + reading.verdict()));
    return reading.exitCode().orElse(Verdict.OWN_ERROR_CODE);
  }

  /// An outcome that does not say whose it is.
  private static JsonObject whole(JsonObject outcome, ExecutorInfo info) {
    JsonObject whole = new JsonObject();
    whole.addProperty("run", info.id());
    whole.addProperty("framework", info.framework());
    whole.addProperty("executor", info.name());
    whole.addProperty("started", info.created());
    outcome.entrySet().forEach(field -> whole.add(field.getKey(), field.getValue()));
    return whole;
  }

  /// A run of the agent. What goes wrong is told: the signal came from a person.
  private record AgentTarget(HoldfastClient client, String id, Streams streams)
      implements SignalTarget {
    @Override
    public void signal(Signal signal) {
      tryTo(() -> client.kill(id, Optional.of(signal.name())));
    }

    /// The agent has the time of --stop-timeout since the launch, or its own.
    @Override
    public void stop(String by) {
      tryTo(() -> client.stop(id, Optional.empty()));
    }

    @Override
    public void kill(String by) {
      tryTo(() -> client.stop(id, Optional.of(Duration.ZERO)));
    }

    @Override
    public boolean pause() {
      return tryTo(() -> client.pause(id));
    }

    @Override
    public void unpause() {
      tryTo(() -> client.unpause(id));
    }

    private boolean tryTo(Runnable call) {
      try {
        call.run();
        return true;
      } catch (HoldfastException e) {
        if (e.status() != 404 && e.status() != 409) { // else it has ended meanwhile
          streams.message(e.getMessage());
        }
        return false;
      }
    }
  }
}

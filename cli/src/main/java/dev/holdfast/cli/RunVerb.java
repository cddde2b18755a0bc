package dev.holdfast.cli;

import dev.holdfast.api.AgentSocket;
import dev.holdfast.cgroup.Bytes;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.Isolator;
import dev.holdfast.isolator.IsolatorConfig;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.Policy;
import dev.holdfast.isolator.Run;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast run`: runs a command, waits, and exits with its status.
final class RunVerb implements Verb {
  @Override
  public String name() {
    return "run";
  }

  @Override
  public String summary() {
    return "Run a command in a cgroup of its own, wait, and exit with its status.";
  }

  @Override
  public CommandSpec spec() {
    return RunOptions.spec();
  }

  @Override
  public int run(ParseResult call, Streams streams) throws InterruptedException {
    RunOptions options = new RunOptions(call);
    return asksAgent(options.words())
        ? new AgentRun(options, streams).run()
        : runHere(options, streams);
  }

  private static boolean asksAgent(CallOptions words) {
    boolean insists = words.has("--agent") || words.has("--detach");
    if (words.has("--no-agent")) {
      if (insists) {
        throw new UsageException(
            "run: --no-agent does not go with "
                + (words.has("--agent")
                    ? "--agent"
                    : "--detach, which leaves the run to the agent"));
      }
      return false;
    }
    return insists || AgentSocket.isInPlace(Surroundings.socket());
  }

  private static int runHere(RunOptions options, Streams streams) throws InterruptedException {
    ExecutorSpec spec = options.toSpec();
    Optional<VerdictFile> verdictFile = options.verdictFile();
    noticeMinimum(options, streams);
    try (Isolator isolator = Isolator.open(config(spec));
        SignalForwarding signals = SignalForwarding.install()) {
      Run run = launch(isolator, spec, verdictFile);
      Outcome outcome;
      try (StatusLine status = StatusLine.start(run, spec, streams)) {
        signals.attach(new EmbeddedTarget(run, spec.stopTimeout()), status::giveBack);
        outcome = run.await();
      }
      OutcomeText.print(outcome, streams);
      verdictFile.ifPresent(file -> file.write(outcome, spec, streams));
      return outcome.exitCode();
    }
  }

  /// What is for fetching is read when there is something to fetch.
  private static IsolatorConfig config(ExecutorSpec spec) {
    IsolatorConfig config = Surroundings.config();
    return spec.uris().isEmpty() ? config : config.withFetch(Surroundings.fetching());
  }

  private static Run launch(
      Isolator isolator, ExecutorSpec spec, Optional<VerdictFile> verdictFile) {
    try {
      return isolator.launch(spec);
    } catch (IsolatorException e) {
      verdictFile.ifPresent(file -> file.writeRefusal(spec, e.getMessage()));
      throw e;
    }
  }

  static void noticeMinimum(RunOptions options, Streams streams) {
    options
        .askedMemory()
        .filter(asked -> asked.compareTo(Policy.MINIMUM_MEMORY) < 0)
        .ifPresent(asked -> notice(asked, streams));
  }

  private static void notice(Bytes asked, Streams streams) {
    streams.message(
        "notice: --memory " + asked + " is raised to the minimum of " + Policy.MINIMUM_MEMORY);
  }
}

package dev.holdfast.agent.metrics;

import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.UsageSampler;
import java.util.Optional;

/// Reads all of a run's usage anew each time.
record WholeUsage(Run run) implements UsageSampler {
  @Override
  public Optional<Usage> read() {
    Usage usage = run.usage();
    boolean gone =
        usage.cpu().isEmpty()
            && usage.memory().isEmpty()
            && usage.memoryStat().isEmpty()
            && usage.pids().isEmpty();
    return gone ? Optional.empty() : Optional.of(usage);
  }

  @Override
  public void refresh() {
    // it always is of now
  }

  @Override
  public void spare(boolean descriptors) {
    // there is none to spare
  }

  @Override
  public void close() {
    // nothing is open
  }
}

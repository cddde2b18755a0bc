package dev.holdfast.cli;

import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Run;
import dev.holdfast.linux.Signal;
import java.time.Duration;

/// A run of this process.
record EmbeddedTarget(Run run) implements SignalTarget {
  @Override
  public void signal(Signal signal) {
    run.signal(signal);
  }

  @Override
  public void stop(String by, Duration grace) {
    run.stop(by, grace);
  }

  @Override
  public boolean pause() {
    try {
      run.pause();
      return true;
    } catch (IsolatorException ended) {
      return false;
    }
  }

  @Override
  public void unpause() {
    run.unpause();
  }
}

package dev.holdfast.cli;

import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Run;
import dev.holdfast.linux.Signal;
import java.time.Duration;

/// A run of this process.
record EmbeddedTarget(Run run, Duration stopTimeout) implements SignalTarget {
  @Override
  public void signal(Signal signal) {
    run.signal(signal);
  }

  @Override
  public void stop(String by) {
    run.stop(by, stopTimeout);
  }

  @Override
  public void kill(String by) {
    run.stop(by, Duration.ZERO);
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

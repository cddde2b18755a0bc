package dev.holdfast.agent.metrics;

import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.UsageSampler;
import java.util.Optional;

/// Tells when it has been closed, once.
final class CountedSampler implements UsageSampler {
  private final UsageSampler real;
  private final Runnable whenClosed;
  private boolean closed;

  CountedSampler(UsageSampler real, Runnable whenClosed) {
    this.real = real;
    this.whenClosed = whenClosed;
  }

  @Override
  public Optional<Usage> read() {
    return real.read();
  }

  @Override
  public void refresh() {
    real.refresh();
  }

  @Override
  public void spare(boolean descriptors) {
    real.spare(descriptors);
  }

  @Override
  public void close() {
    real.close();
    if (!closed) {
      closed = true;
      whenClosed.run();
    }
  }
}

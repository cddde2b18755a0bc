package dev.holdfast.isolator;

import dev.holdfast.cgroup.Sampler;
import java.util.Optional;

/// Reads what one run uses, again and again, at a tenth of what [Run#usage] costs. One thread at a
/// time.
///
/// What can wait does, see [Sampler]: some parts may be some readings old.
public interface UsageSampler extends AutoCloseable {
  /// Of a run that has no cgroup.
  UsageSampler NONE =
      new UsageSampler() {
        @Override
        public Optional<Usage> read() {
          return Optional.empty();
        }

        @Override
        public void refresh() {}

        @Override
        public void keepOpen(Sampler.Kept which) {}

        @Override
        public void close() {}
      };

  /// Empty when the run's cgroup has gone.
  Optional<Usage> read();

  /// The next reading is of now in every part.
  void refresh();

  /// As [Sampler#keepOpen].
  void keepOpen(Sampler.Kept which);

  /// Closes the control files, about fifteen. Repeatable.
  @Override
  void close();
}

package dev.holdfast.cgroup.files;

import java.util.Optional;
import java.util.function.Supplier;

/// What some files of a sampler mean, worked out anew only when one of them says something else.
/// Not thread-safe.
public final class Meaning<T> {
  private final Supplier<Optional<T>> read;
  private final SampledFile[] files;
  private long version = -1;
  private Optional<T> value = Optional.empty();

  /// @param files all that `read` looks at
  public Meaning(Supplier<Optional<T>> read, SampledFile... files) {
    this.read = read;
    this.files = files.clone();
  }

  public Optional<T> get() {
    long now = 0;
    for (SampledFile file : files) {
      now += file.version();
    }
    if (now != version) {
      value = read.get();
      version = now;
    }
    return value;
  }
}

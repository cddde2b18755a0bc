package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.Sample;
import dev.holdfast.cgroup.Sampler;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.UsageSampler;
import java.util.Optional;

/// Reads what a cgroup uses, part by part: one that cannot be read costs only itself.
final class UsageReader {
  private UsageReader() {}

  /// Once, all of it.
  static Usage read(Cgroup cgroup) {
    try (Sampler sampler = cgroup.sampler()) {
      return sampler.read().map(Usage::of).orElse(Usage.NONE);
    }
  }

  /// What counts in the end.
  static Usage readTotals(Cgroup cgroup) {
    try (Sampler sampler = cgroup.sampler()) {
      return sampler.readTotals().map(Usage::of).orElse(Usage.NONE);
    }
  }

  /// Again and again.
  static UsageSampler sampler(Cgroup cgroup) {
    return new CgroupUsage(cgroup.sampler());
  }

  private static final class CgroupUsage implements UsageSampler {
    private final Sampler sampler;
    private Optional<Sample> sample = Optional.empty();
    private Optional<Usage> usage = Optional.empty();

    CgroupUsage(Sampler sampler) {
      this.sampler = sampler;
    }

    @Override
    public Optional<Usage> read() {
      Optional<Sample> now = sampler.read();
      if (!now.equals(sample)) {
        sample = now;
        usage = now.map(Usage::of);
      }
      return usage;
    }

    @Override
    public void refresh() {
      sampler.refresh();
    }

    @Override
    public void keepOpen(Sampler.Kept which) {
      sampler.keepOpen(which);
    }

    @Override
    public void close() {
      sampler.close();
    }
  }
}

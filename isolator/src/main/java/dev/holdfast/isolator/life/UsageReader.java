package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.Sample;
import dev.holdfast.cgroup.Sampler;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.UsageSampler;
import java.util.Optional;

/// Reads what a cgroup uses, part by part: one that cannot be read costs only itself.
final class UsageReader {
  private static final Usage NOTHING =
      new Usage(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  private UsageReader() {}

  /// Once, all of it.
  static Usage read(Cgroup cgroup) {
    try (Sampler sampler = cgroup.sampler()) {
      return sampler.read().map(UsageReader::usage).orElse(NOTHING);
    }
  }

  /// Again and again.
  static UsageSampler sampler(Cgroup cgroup) {
    return new CgroupUsage(cgroup.sampler());
  }

  private static Usage usage(Sample sample) {
    return new Usage(
        sample.cpu(),
        sample.throttling(),
        sample.memory(),
        sample.memoryPeak(),
        sample.memoryLimit(),
        sample.memoryStat(),
        sample.pids(),
        sample.oomKills(),
        sample.pidsLimit(),
        sample.pressure());
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
        usage = now.map(UsageReader::usage);
      }
      return usage;
    }

    @Override
    public void refresh() {
      sampler.refresh();
    }

    @Override
    public void close() {
      sampler.close();
    }
  }
}

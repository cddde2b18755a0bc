package dev.holdfast.isolator.life;

import static dev.holdfast.isolator.life.Ground.RUN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.SomeLimits;
import dev.holdfast.isolator.Usage;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.KernelVersion;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class UsageReaderTest {
  private static Ground busy(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    new LimitWriter(ground.run, RunId.random(), Ground.ledger())
        .apply(new SomeLimits().cpus("0.5", CpuMode.QUOTA).memory("64m").pids(10).build());
    ground.fake.processes().start(RUN, Victims.NOBODY);
    ground.fake.setUsage(RUN, Bytes.ofMebibytes(40));
    ground.fake.setUsage(RUN, Bytes.ofMebibytes(20));
    ground.fake.setCpuTime(RUN, Duration.ofMillis(300), Duration.ofMillis(200));
    ground.fake.setThrottling(RUN, 10, 4, Duration.ofMillis(70));
    return ground;
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void tellsAllThatTheKernelCounts(HostKind kind) {
    Usage usage = UsageReader.read(busy(kind).run);

    assertThat(usage.cpu())
        .contains(
            new CpuController.Usage(
                Duration.ofMillis(500), Duration.ofMillis(300), Duration.ofMillis(200)));
    assertThat(usage.throttling())
        .contains(new CpuController.Throttling(10, 4, Duration.ofMillis(70)));
    assertThat(usage.memory()).contains(Bytes.ofMebibytes(20));
    assertThat(usage.memoryPeak()).contains(Bytes.ofMebibytes(40));
    assertThat(usage.memoryLimit()).contains(Limit.at(Bytes.ofMebibytes(64)));
    assertThat(usage.memoryStat())
        .hasValueSatisfying(
            stat -> assertThat(stat.anon()).isEqualTo(Bytes.ofMebibytes(20).count()));
    assertThat(usage.pids()).contains(1L);
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void withoutAQuotaNobodyIsThrottled(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();

    assertThat(UsageReader.read(ground.run).throttling()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aCgroupThatHasGoneHasNoUsage(HostKind kind) {
    Ground ground = Ground.on(kind);

    assertThat(parts(UsageReader.read(ground.run))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void withoutAControllerItsPartIsMissing(HostKind kind) {
    Ground ground = Ground.without(kind, Controller.MEMORY, Controller.PIDS).withRun();

    assertThat(parts(UsageReader.read(ground.run))).containsExactly("cpu");
  }

  /// The seed lost all of it when one file could not be read.
  @ParameterizedTest
  @CsvSource({
    "V1, cpuacct.usage, cpu",
    "V1, cpuacct.stat, cpu",
    "V1, cpu.stat, throttling",
    "V1, cpu.cfs_quota_us, throttling",
    "V1, memory.usage_in_bytes, memory",
    "V1, memory.max_usage_in_bytes, memoryPeak",
    "V1, memory.limit_in_bytes, memoryLimit",
    "V1, memory.stat, memoryStat",
    "V1, pids.current, pids",
    "HYBRID, cpuacct.usage, cpu",
    "HYBRID, memory.stat, memoryStat",
    "V2, cpu.max, throttling",
    "V2, memory.current, memory",
    "V2, memory.peak, memoryPeak",
    "V2, memory.max, memoryLimit",
    "V2, memory.stat, memoryStat",
    "V2, pids.current, pids",
  })
  void aFileThatCannotBeReadCostsOnlyItsPart(HostKind kind, String file, String part) {
    for (Errno errno : List.of(Errno.ENOENT, Errno.EACCES, Errno.EIO, Errno.EINVAL)) {
      Ground ground = busy(kind);
      Set<String> expected = parts(UsageReader.read(ground.run));
      expected.remove(part);
      ground.fs.failWhen(it -> it.path().endsWith(file), errno);

      assertThat(parts(UsageReader.read(ground.run))).as("%s: %s", file, errno).isEqualTo(expected);
    }
  }

  @Test
  void anOldV2KernelTellsNoPeak() {
    Ground ground = Ground.on(HostKind.V2.fake().withKernel(new KernelVersion(5, 15))).withRun();

    assertThat(parts(UsageReader.read(ground.run)))
        .containsExactlyInAnyOrder("cpu", "memory", "memoryLimit", "memoryStat", "pids");
  }

  private static Set<String> parts(Usage usage) {
    Map<String, Optional<?>> all = new LinkedHashMap<>();
    all.put("cpu", usage.cpu());
    all.put("throttling", usage.throttling());
    all.put("memory", usage.memory());
    all.put("memoryPeak", usage.memoryPeak());
    all.put("memoryLimit", usage.memoryLimit());
    all.put("memoryStat", usage.memoryStat());
    all.put("pids", usage.pids());
    Set<String> present = new TreeSet<>();
    all.forEach((name, part) -> {
      if (part.isPresent()) {
        present.add(name);
      }
    });
    return present;
  }
}

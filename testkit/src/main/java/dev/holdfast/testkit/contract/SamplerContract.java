package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.CpuBandwidth;
import dev.holdfast.cgroup.Io;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.Pressure;
import dev.holdfast.cgroup.Sample;
import dev.holdfast.cgroup.Sampler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A sampler says what the controllers say.
interface SamplerContract extends Contract {
  /// In so many readings every file has had its turn.
  int ALL_TURNS = 14;

  private static Sample read(Sampler sampler) {
    return sampler.read().orElseThrow();
  }

  @Test
  default void aFirstSampleTellsAllThatTheControllersTell() {
    Cgroup cgroup = newCgroup();
    MemoryController memory = cgroup.memory().orElseThrow();
    memory.setLimits(Limit.at(Bytes.ofMebibytes(64)), Optional.empty());
    cgroup.cpu().orElseThrow().setBandwidth(Limit.at(new CpuBandwidth(50_000, 100_000)));
    cgroup.pids().orElseThrow().setLimit(Limit.at(50L));
    int _ = environment().startHolder(cgroup, Bytes.ofMebibytes(24));
    await("24 MiB are anonymous", () -> memory.stat().anon() >= 24 << 20);
    try (Sampler sampler = cgroup.sampler()) {
      Sample sample = read(sampler);
      assertThat(sample.cpu()).isPresent();
      assertThat(sample.throttling()).isPresent();
      assertThat(sample.memory().orElseThrow()).isGreaterThanOrEqualTo(Bytes.ofMebibytes(24));
      assertThat(sample.memoryPeak().orElseThrow())
          .isGreaterThanOrEqualTo(sample.memory().orElseThrow());
      assertThat(sample.memoryLimit()).contains(Limit.at(Bytes.ofMebibytes(64)));
      MemoryController.Stat stat = sample.memoryStat().orElseThrow();
      assertThat(stat.anon()).isGreaterThanOrEqualTo(24 << 20);
      assertThat(stat.kernel().isPresent()).isEqualTo(memory.stat().kernel().isPresent());
      assertThat(stat.swap().isPresent()).isEqualTo(memory.stat().swap().isPresent());
      assertThat(sample.oomKills()).contains(0L);
      assertThat(sample.pids()).contains(1L);
      assertThat(sample.pidsLimit()).contains(Limit.at(50L));
    }
  }

  @Test
  default void oneThatKeepsFewerFilesOpenTellsTheSame() {
    Cgroup cgroup = newCgroup();
    cgroup.memory().orElseThrow().setLimits(Limit.at(Bytes.ofMebibytes(64)), Optional.empty());
    try (Sampler lavish = cgroup.sampler();
        Sampler sparing = cgroup.sampler()) {
      for (Sampler.Kept which : List.of(Sampler.Kept.OFTEN_READ, Sampler.Kept.NONE)) {
        sparing.keepOpen(which);
        for (int i = 0; i < 20; i++) {
          assertThat(read(sparing)).isEqualTo(read(lavish));
        }
      }
      sparing.keepOpen(Sampler.Kept.ALL);
      cgroup.memory().orElseThrow().setLimits(Limit.at(Bytes.ofMebibytes(80)), Optional.empty());
      sparing.refresh();
      assertThat(read(sparing).memoryLimit()).contains(Limit.at(Bytes.ofMebibytes(80)));
    }
  }

  /// The seed's figure for memory left out what was in cgroups below.
  @Test
  default void aSampleTellsOfTheCgroupsBelowToo() {
    Cgroup cgroup = newCgroup();
    Cgroup below = cgroup.child("below");
    List<Path> _ = below.ensure();
    int _ = environment().startHolder(below, Bytes.ofMebibytes(24));
    await("24 MiB are anonymous", () -> below.memory().orElseThrow().stat().anon() >= 24 << 20);
    try (Sampler sampler = cgroup.sampler()) {
      Sample sample = read(sampler);
      assertThat(sample.memoryStat().orElseThrow().anon()).isGreaterThanOrEqualTo(24 << 20);
      assertThat(sample.memory().orElseThrow()).isGreaterThanOrEqualTo(Bytes.ofMebibytes(24));
      assertThat(sample.pids()).contains(1L);
    }
  }

  @Test
  default void withoutCapsASampleSaysSo() {
    try (Sampler sampler = newCgroup().sampler()) {
      Sample sample = read(sampler);
      assertThat(sample.throttling()).isEmpty();
      assertThat(sample.memoryLimit()).contains(Limit.unlimited());
      assertThat(sample.pidsLimit()).contains(Limit.unlimited());
      assertThat(sample.pids()).contains(0L);
    }
  }

  @Test
  default void aSampleFollowsTheProcesses() {
    Cgroup cgroup = newCgroup();
    try (Sampler sampler = cgroup.sampler()) {
      Sample _ = read(sampler);
      int pid = environment().startHolder(cgroup, Bytes.ofMebibytes(24));
      await(
          "24 MiB are anonymous",
          () -> read(sampler).memoryStat().orElseThrow().anon() >= 24 << 20);
      assertThat(read(sampler).pids()).contains(1L);
      kill(cgroup, pid);
      await("its memory is free", () -> read(sampler).memory().orElseThrow().count() < 8 << 20);
      await("it is no longer counted", () -> read(sampler).pids().orElseThrow() == 0);
    }
  }

  @Test
  default void aSampleShowsAtOnceWhatALotOfNewMemoryIsUsedFor() {
    Cgroup cgroup = newCgroup();
    MemoryController memory = cgroup.memory().orElseThrow();
    try (Sampler sampler = cgroup.sampler()) {
      Sample _ = read(sampler);
      int _ = environment().startHolder(cgroup, Bytes.ofMebibytes(24));
      await("24 MiB are anonymous", () -> memory.stat().anon() >= 24 << 20);
      assertThat(read(sampler).memoryStat().orElseThrow().anon()).isGreaterThanOrEqualTo(24 << 20);
    }
  }

  /// Also where it is too little to be shown at once, and whichever file's turn it is.
  @Test
  default void onceMemoryIsAtRestASampleShowsWhatItIsUsedFor() {
    Cgroup cgroup = newCgroup();
    MemoryController memory = cgroup.memory().orElseThrow();
    Cgroup large = cgroup.child("large");
    List<Path> _ = large.ensure();
    Cgroup small = cgroup.child("small");
    List<Path> _ = small.ensure();
    int _ = environment().startHolder(large, Bytes.ofMebibytes(96));
    await("96 MiB are anonymous", () -> memory.stat().anon() >= 96 << 20);
    List<Sampler> samplers = new ArrayList<>();
    try {
      for (int turns = 1; turns <= ALL_TURNS; turns++) {
        Sampler sampler = cgroup.sampler();
        samplers.add(sampler);
        for (int i = 0; i < turns; i++) {
          Sample _ = read(sampler);
        }
      }
      int _ = environment().startHolder(small, Bytes.ofMebibytes(1));
      await("97 MiB are anonymous", () -> memory.stat().anon() >= 97 << 20);
      for (Sampler sampler : samplers) {
        Sample _ = read(sampler);
        Sample _ = read(sampler);
        // The kernel may still have given back what it had charged in advance.
        Sample sample = read(sampler);
        assertThat(sample.memoryStat().orElseThrow().anon()).isGreaterThanOrEqualTo(97 << 20);
      }
    } finally {
      samplers.forEach(Sampler::close);
    }
  }

  @Test
  default void totalsAreWhatCountsInTheEnd() {
    Cgroup cgroup = newCgroup();
    MemoryController memory = cgroup.memory().orElseThrow();
    memory.setLimits(Limit.at(Bytes.ofMebibytes(64)), Optional.empty());
    cgroup.cpu().orElseThrow().setBandwidth(Limit.at(new CpuBandwidth(50_000, 100_000)));
    try (Sampler sampler = cgroup.sampler()) {
      Sample totals = sampler.readTotals().orElseThrow();
      assertThat(totals.cpu()).isPresent();
      assertThat(totals.throttling()).isPresent();
      assertThat(totals.memory()).isPresent();
      assertThat(totals.memoryPeak()).isPresent();
      assertThat(totals.memoryLimit()).contains(Limit.at(Bytes.ofMebibytes(64)));
      assertThat(totals.oomKills()).contains(0L);
      assertThat(totals.memoryStat()).isEmpty();
      assertThat(totals.pressure()).isEmpty();
    }
  }

  @Test
  default void aSampleShowsACapThatWasChanged() {
    Cgroup cgroup = newCgroup();
    try (Sampler sampler = cgroup.sampler()) {
      Sample _ = read(sampler);
      cgroup.pids().orElseThrow().setLimit(Limit.at(7L));
      sampler.refresh();
      assertThat(read(sampler).pidsLimit()).contains(Limit.at(7L));
      cgroup.pids().orElseThrow().setLimit(Limit.at(8L));
      for (int i = 0; i < ALL_TURNS; i++) {
        Sample _ = read(sampler);
      }
      assertThat(read(sampler).pidsLimit()).contains(Limit.at(8L));
    }
  }

  /// v2 alone: v1's `blkio` would be one hierarchy more for each run.
  @Test
  default void aSampleTellsOfBlockDevicesWhereTheIoControllerIs() {
    try (Sampler sampler = newCgroup().sampler()) {
      Optional<Io> io = read(sampler).io();
      assertThat(io.isPresent()).isEqualTo(hierarchy().controllers().contains(Controller.IO));
      io.ifPresent(it -> assertThat(it).isEqualTo(new Io(0, 0, 0, 0)));
      assertThat(sampler.readTotals().orElseThrow().io()).isEqualTo(io);
    }
  }

  @Test
  default void aSampleCountsOomKills() {
    Cgroup cgroup = newCgroup();
    MemoryController memory = cgroup.memory().orElseThrow();
    memory.setLimits(
        Limit.at(Bytes.ofMebibytes(16)),
        memory.memoryAndSwapLimit().map(_ -> Limit.at(Bytes.ofMebibytes(16))));
    int pid = environment().startEater(cgroup);
    await("it has been killed", () -> !environment().isAlive(pid));
    try (Sampler sampler = cgroup.sampler()) {
      assertThat(read(sampler).oomKills().orElseThrow()).isEqualTo(memory.events().oomKills());
    }
  }

  @Test
  default void aSampleTellsOfPressureWhereTheKernelDoes() {
    Cgroup cgroup = newCgroup();
    try (Sampler sampler = cgroup.sampler()) {
      for (Pressure.Resource resource : Pressure.Resource.values()) {
        assertThat(read(sampler).pressure().containsKey(resource))
            .isEqualTo(cgroup.pressure(resource).isPresent());
      }
    }
  }

  @Test
  default void aSamplerEndsWithItsCgroupAndDoesNotKeepIt() {
    Cgroup cgroup = newCgroup();
    try (Sampler sampler = cgroup.sampler()) {
      Sample _ = read(sampler);
      cgroup.remove();
      assertThat(cgroup.exists()).isFalse();
      assertThat(sampler.read()).isEmpty();
      assertThat(sampler.read()).isEmpty();
    }
  }

  @Test
  default void aClosedSamplerOpensAgain() {
    Sampler sampler = newCgroup().sampler();
    Sample _ = read(sampler);
    sampler.close();
    assertThat(read(sampler).memoryLimit()).contains(Limit.unlimited());
    sampler.close();
  }
}

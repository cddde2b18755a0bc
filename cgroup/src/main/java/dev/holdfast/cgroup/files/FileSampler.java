package dev.holdfast.cgroup.files;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.Pressure;
import dev.holdfast.cgroup.Sample;
import dev.holdfast.cgroup.Sampler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Decides which files are read when; which there are, and what they mean, each version knows.
///
/// A read of an open control file takes 1 to 2 µs, that of `memory.stat` ten, and a cgroup has
/// fifteen that matter. Two of them tell whether anything happened: only if so are those read that
/// change with them, and one of the rest in turn; `memory.stat` also when memory in use has moved,
/// by much or for the last time. If nothing happened all the others take turns.
public abstract class FileSampler implements Sampler {
  /// `memory.stat` is the longest, with 2 to 4 KiB.
  private static final int LONGEST = 16 * 1024;

  /// Memory in use has moved when it has by this part and by this much.
  private static final int MOVED_PART = 32;

  private static final long MOVED_BYTES = 1 << 20;

  /// Where descriptors are spared, one in so many readings of a cgroup in which nothing happens has
  /// another file read: to open it takes longer than all else.
  private static final int IDLE_TURN = 4;

  /// One, since one thread does most of the reading: 16 KiB for each sampler would be too much.
  private static final AtomicReference<byte @Nullable []> SPARE_BUFFER = new AtomicReference<>();

  private final List<SampledFile> pulse = new ArrayList<>();
  private final List<SampledFile> lively = new ArrayList<>();
  private final List<SampledFile> quiet = new ArrayList<>();
  private final List<SampledFile> totals = new ArrayList<>();
  private final List<SampledFile.Stall> stalls = new ArrayList<>();
  private final long[] before = new long[2];
  private Optional<SampledFile> memoryStat = Optional.empty();
  private long memoryThen;
  private Map<Pressure.Resource, Pressure> pressure = Map.of();
  private long pressureVersion;
  private Optional<Bytes> peak = Optional.empty();
  private Optional<Sample> latest = Optional.empty();
  private int turn;
  private int idle;
  private boolean fresh = true;
  private Kept kept = Kept.ALL;

  /// One reading more than there was a change: what was going on may have ended just after.
  private boolean wasBusy;

  /// One of the two files whose first numbers change whenever anything does.
  protected final <F extends SampledFile> F pulse(F file) {
    pulse.add(file);
    return total(file);
  }

  /// Changes only while something runs.
  protected final <F extends SampledFile> F lively(F file) {
    lively.add(file);
    return file;
  }

  /// Changes seldom, or by another's hand.
  protected final <F extends SampledFile> F quiet(F file) {
    quiet.add(file);
    return file;
  }

  /// Counts in the end.
  protected final <F extends SampledFile> F total(F file) {
    totals.add(file);
    return file;
  }

  /// Tells in detail what memory is used for, and takes the kernel long to write.
  protected final <F extends SampledFile> F memoryStat(F file) {
    memoryStat = Optional.of(file);
    return quiet(file);
  }

  /// The pressure files of a directory of a cgroup2 tree.
  protected final void pressureIn(CgroupFs fs, Path directory) {
    for (Pressure.Resource resource : Pressure.Resource.values()) {
      stalls.add(quiet(new SampledFile.Stall(fs, directory, resource)));
    }
  }

  /// What the pids controller says, which is the same on v1 and v2.
  protected record Pids(Meaning<Long> current, Meaning<Limit<Long>> max) {}

  protected final Pids pidsIn(CgroupFs fs, Path directory) {
    SampledFile.Single current =
        lively(new SampledFile.Single(fs, directory.resolve("pids.current")));
    SampledFile.Single max = quiet(new SampledFile.Single(fs, directory.resolve("pids.max")));
    return new Pids(
        new Meaning<>(() -> count(current.value()), current),
        new Meaning<>(() -> limit(max.value()), max));
  }

  /// The first number of each pulse file.
  protected abstract long cpuPulse();

  protected abstract long memoryPulse();

  /// What the files said last.
  protected abstract Sample sample();

  @Override
  public final Optional<Sample> read() {
    if (inBuffer(this::read)) {
      latest = isAnythingKnown() ? Optional.of(sample()) : Optional.empty();
    }
    return latest;
  }

  @Override
  public final Optional<Sample> readTotals() {
    boolean _ = inBuffer(buffer -> readAll(totals, buffer));
    return isAnythingKnown() ? Optional.of(sample()) : Optional.empty();
  }

  private static boolean inBuffer(Predicate<byte[]> reading) {
    byte[] spare = SPARE_BUFFER.getAndSet(null);
    byte[] buffer = spare == null ? new byte[LONGEST] : spare;
    try {
      return reading.test(buffer);
    } finally {
      SPARE_BUFFER.set(buffer);
    }
  }

  /// Returns whether anything changed.
  private boolean read(byte[] buffer) {
    boolean changed = readAll(pulse, buffer);
    boolean lost = cpuPulse() == SampledFile.ABSENT && memoryPulse() == SampledFile.ABSENT;
    boolean atRest = before[1] == memoryPulse();
    boolean busy = before[0] != cpuPulse() || !atRest;
    before[0] = cpuPulse();
    before[1] = memoryPulse();
    if (fresh || lost) {
      changed |= readAll(quiet, buffer);
      changed |= readAll(lively, buffer);
      memoryThen = memoryPulse();
    } else if (busy || wasBusy) {
      changed |= readAll(lively, buffer);
      changed |= readNext(quiet.size(), buffer);
    } else if (kept == Kept.ALL || ++idle % IDLE_TURN == 0) {
      changed |= readNext(quiet.size() + lively.size(), buffer);
    }
    if (hasMemoryMoved(atRest)) {
      memoryThen = memoryPulse();
      changed |= memoryStat.isPresent() && memoryStat.get().read(buffer);
    }
    wasBusy = busy;
    fresh = false;
    return changed;
  }

  /// Since `memory.stat` was read: a lot, or at all where it has come to rest, lest what is no
  /// longer so be told of a cgroup in which nothing changes any more.
  private boolean hasMemoryMoved(boolean atRest) {
    long distance = Math.abs(memoryPulse() - memoryThen);
    return atRest ? distance > 0 : distance > MOVED_BYTES && distance > memoryThen / MOVED_PART;
  }

  private static boolean readAll(List<SampledFile> files, byte[] buffer) {
    boolean changed = false;
    for (int i = 0; i < files.size(); i++) {
      changed |= files.get(i).read(buffer);
    }
    return changed;
  }

  /// Whose turn it is among the first `count` of the quiet files and, behind them, the lively ones.
  private boolean readNext(int count, byte[] buffer) {
    if (count == 0) {
      return false;
    }
    turn = turn + 1 < count ? turn + 1 : 0;
    boolean isQuiet = turn < quiet.size();
    return (isQuiet ? quiet.get(turn) : lively.get(turn - quiet.size())).read(buffer);
  }

  private boolean isAnythingKnown() {
    return isAnyKnown(pulse) || isAnyKnown(lively) || isAnyKnown(quiet);
  }

  private static boolean isAnyKnown(List<SampledFile> files) {
    for (int i = 0; i < files.size(); i++) {
      if (files.get(i).isKnown()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public final void refresh() {
    fresh = true;
  }

  @Override
  public final void keepOpen(Kept which) {
    if (which != kept) {
      kept = which;
      keep(quiet, which == Kept.ALL);
      keep(pulse, which != Kept.NONE);
      keep(lively, which != Kept.NONE);
    }
  }

  private static void keep(List<SampledFile> files, boolean open) {
    files.forEach(file -> file.keep(open));
  }

  @Override
  public final void close() {
    fresh = true;
    pulse.forEach(SampledFile::close);
    lively.forEach(SampledFile::close);
    quiet.forEach(SampledFile::close);
  }

  // What numbers mean.

  protected static Optional<Bytes> bytes(long value) {
    return value < 0 ? Optional.empty() : Optional.of(new Bytes(value));
  }

  protected static Optional<Long> count(long value) {
    return value == SampledFile.ABSENT ? Optional.empty() : Optional.of(value);
  }

  /// The file is not read each time; what is in use now was so at least once.
  protected final Optional<Bytes> peak(SampledFile.Single file) {
    long most = file.value();
    if (most == SampledFile.ABSENT) {
      return Optional.empty();
    }
    long now = Math.max(most, memoryPulse());
    if (peak.isEmpty() || peak.get().count() != now) {
      peak = bytes(now);
    }
    return peak;
  }

  /// @param file tells anonymous memory, files, shared memory and inactive files, in this order
  protected static Optional<MemoryController.Stat> stat(
      SampledFile.Keyed file, long kernel, long swap) {
    return file.isKnown()
        ? Optional.of(
            new MemoryController.Stat(
                Map.of(),
                file.orZero(0),
                file.orZero(1),
                file.orZero(2),
                file.orZero(3),
                optional(kernel),
                optional(swap)))
        : Optional.empty();
  }

  private static OptionalLong optional(long value) {
    return value == SampledFile.ABSENT ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /// The limit on pids.
  private static Optional<Limit<Long>> limit(long value) {
    return count(value).map(it -> it == SampledFile.UNLIMITED ? Limit.unlimited() : Limit.at(it));
  }

  protected final Map<Pressure.Resource, Pressure> pressure() {
    long now = 0;
    for (int i = 0; i < stalls.size(); i++) {
      now += stalls.get(i).version();
    }
    if (now != pressureVersion) {
      Map<Pressure.Resource, Pressure> all = new EnumMap<>(Pressure.Resource.class);
      for (SampledFile.Stall stall : stalls) {
        stall.pressure().ifPresent(it -> all.put(stall.resource(), it));
      }
      pressure = Collections.unmodifiableMap(all);
      pressureVersion = now;
    }
    return pressure;
  }
}

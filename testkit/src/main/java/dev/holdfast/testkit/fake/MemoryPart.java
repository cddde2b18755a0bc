package dev.holdfast.testkit.fake;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// What the memory controller of both versions counts: anonymous memory and page cache of the
/// cgroup's own processes, below caps that hold for all below. There is no swap device.
///
/// The process that came last holds all the anonymous memory, and takes it along when it dies.
public abstract class MemoryPart implements Part {
  private final Node node;
  private long anonymous;
  private long pageCache;
  private long peak;
  private long oomKills;

  protected MemoryPart(Node node) {
    this.node = node;
  }

  protected final Node node() {
    return node;
  }

  /// The lowest of its own caps, [KernelText#UNLIMITED] without one.
  protected abstract long cap();

  /// Memory is wanted that this cgroup's cap does not allow, after all cache has been dropped.
  protected abstract void outOfMemory();

  /// One more process of this cgroup has been killed for memory.
  protected abstract void announceKill();

  /// Without the cgroups below.
  protected final long ownAnonymous() {
    return anonymous;
  }

  protected final long ownPageCache() {
    return pageCache;
  }

  public final long anonymous() {
    return sum(part -> part.anonymous);
  }

  public final long pageCache() {
    return sum(part -> part.pageCache);
  }

  public final long usage() {
    return anonymous() + pageCache();
  }

  /// Of this cgroup and those below it.
  protected final long sum(ToLongFunction<MemoryPart> amount) {
    return node.subtree().stream()
        .flatMap(it -> it.part(MemoryPart.class).stream())
        .mapToLong(amount)
        .sum();
  }

  /// The parts of this cgroup and those above it that have the controller.
  protected final List<MemoryPart> upwards() {
    return node.ancestry().stream().flatMap(it -> it.part(MemoryPart.class).stream()).toList();
  }

  protected final <P extends MemoryPart> List<P> downwards(Class<P> type) {
    return node.subtree().stream().flatMap(it -> it.part(type).stream()).toList();
  }

  protected final long peak() {
    return peak;
  }

  protected final void resetPeak() {
    peak = usage();
  }

  protected final long oomKills() {
    return oomKills;
  }

  /// What its own processes hold.
  public final void setAnonymous(long bytes) {
    requireRoom(bytes - anonymous);
    anonymous = bytes;
    recordPeaks();
  }

  public final void setPageCache(long bytes) {
    requireRoom(bytes - pageCache);
    pageCache = bytes;
    recordPeaks();
  }

  private void requireRoom(long bytes) {
    for (MemoryPart part : upwards()) {
      if (bytes > 0 && part.usage() + bytes > part.cap()) {
        throw new IllegalArgumentException(
            part.node + " may not use more than " + part.cap() + " bytes: see triggerOom");
      }
    }
  }

  private void recordPeaks() {
    upwards().forEach(part -> part.peak = Math.max(part.peak, part.usage()));
  }

  /// Drops page cache, here and below, until `bytes` are free or there is none. Returns what was
  /// dropped.
  protected final long reclaim(long bytes) {
    long missing = bytes;
    for (MemoryPart part : downwards(MemoryPart.class)) {
      long dropped = Math.clamp(missing, 0, part.pageCache);
      part.pageCache -= dropped;
      missing -= dropped;
    }
    return bytes - Math.max(missing, 0);
  }

  /// Its processes allocate until the cap with the least room, its own or one above, is final.
  public final void runOut() {
    MemoryPart tightest =
        upwards().stream()
            .filter(part -> part.cap() < KernelText.UNLIMITED)
            .min(Comparator.comparingLong(part -> part.cap() - part.anonymous()))
            .orElseThrow(() -> new IllegalArgumentException(node + " has no limit to run into"));
    long _ = tightest.reclaim(tightest.pageCache());
    anonymous += tightest.cap() - tightest.anonymous();
    recordPeaks();
    tightest.outOfMemory();
  }

  /// An OOM killer ends the process, here or below, that holds the most.
  ///
  /// @return the cgroup whose process it was
  public final Optional<MemoryPart> killLargest() {
    Optional<MemoryPart> largest =
        downwards(MemoryPart.class).stream()
            .filter(part -> part.victim().isPresent())
            .max(Comparator.comparingLong(part -> part.anonymous));
    largest.ifPresent(part -> part.killForMemory(part.victim().orElseThrow()));
    return largest;
  }

  private Optional<FakeProcess> victim() {
    return node.processes().reversed().stream().filter(it -> !it.isKilled()).findFirst();
  }

  /// What will be in use here when the killed have died.
  public final long survivingUsage() {
    boolean held = !node.processes().isEmpty() && node.processes().getLast().isKilled();
    return pageCache + (held ? 0 : anonymous);
  }

  protected final void killForMemory(FakeProcess victim) {
    victim.kill();
    oomKills++;
    announceKill();
  }

  @Override
  public void mourn(FakeProcess process) {
    if (node.processes().getLast().equals(process)) {
      anonymous = 0;
    }
  }
}

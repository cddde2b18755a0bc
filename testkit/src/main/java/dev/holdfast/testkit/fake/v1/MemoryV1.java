package dev.holdfast.testkit.fake.v1;

import dev.holdfast.linux.Errno;
import dev.holdfast.testkit.fake.Control;
import dev.holdfast.testkit.fake.KernelText;
import dev.holdfast.testkit.fake.MemoryPart;
import dev.holdfast.testkit.fake.Node;
import dev.holdfast.testkit.fake.Refusal;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// v1's memory controller, with the switch that turns the OOM killer off.
public final class MemoryV1 extends MemoryPart {
  private static final String NO_LIMIT = "-1";

  private final Map<String, Control> files = new HashMap<>();
  private final boolean swapCounted;
  private long limit = KernelText.UNLIMITED;
  private long limitOnBoth = KernelText.UNLIMITED;
  private long softLimit = KernelText.UNLIMITED;
  private long failures;
  private long failuresOfBoth;
  private boolean killerOff;

  /// Whether its processes wait at this cgroup's own cap.
  private boolean waiting;

  MemoryV1(Node node) {
    super(node);
    swapCounted = node.tree().kernel().machine().swap();
    // The kernel copies it once, when the cgroup is made.
    killerOff =
        node.parent().map(above -> above.require(MemoryV1.class).killerOff).orElse(Boolean.FALSE);
    files.put(
        "memory.limit_in_bytes", Control.of(() -> limit + "\n", text -> setLimit(parse(text))));
    files.put(
        "memory.soft_limit_in_bytes",
        Control.of(() -> softLimit + "\n", text -> softLimit = parse(text)));
    files.put("memory.usage_in_bytes", Control.readOnly(() -> usage() + "\n"));
    files.put("memory.max_usage_in_bytes", Control.of(() -> peak() + "\n", _ -> resetPeak()));
    files.put("memory.failcnt", Control.of(() -> failures + "\n", _ -> failures = 0));
    files.put("memory.stat", Control.readOnly(this::stat));
    files.put("memory.oom_control", Control.of(this::oomControl, this::setKiller));
    files.put("memory.use_hierarchy", Control.of(() -> "1\n", MemoryV1::requireHierarchy));
    files.put("memory.kmem.usage_in_bytes", Control.constant("0"));
    files.put("memory.force_empty", Control.writeOnly(_ -> reclaim(pageCache())));
    files.put("cgroup.event_control", Control.writeOnly(_ -> refuse()));
    if (swapCounted) {
      files.put(
          "memory.memsw.limit_in_bytes",
          Control.of(() -> limitOnBoth + "\n", text -> setLimitOnBoth(parse(text))));
      files.put("memory.memsw.usage_in_bytes", Control.readOnly(() -> usage() + "\n"));
      files.put("memory.memsw.max_usage_in_bytes", Control.readOnly(() -> peak() + "\n"));
      files.put(
          "memory.memsw.failcnt", Control.of(() -> failuresOfBoth + "\n", _ -> failuresOfBoth = 0));
    }
  }

  @Override
  public Map<String, Control> files() {
    return files;
  }

  private static long parse(String text) {
    return KernelText.pages(text, NO_LIMIT);
  }

  /// Registrations come by another way here.
  private static void refuse() {
    throw new Refusal(Errno.EINVAL);
  }

  private static void requireHierarchy(String text) {
    if (KernelText.unsigned(text) != 1) {
      throw new Refusal(Errno.EINVAL);
    }
  }

  private void setLimit(long bytes) {
    if (node().isRoot() || bytes > limitOnBoth) {
      throw new Refusal(Errno.EINVAL);
    }
    makeRoom(bytes);
    limit = bytes;
  }

  private void setLimitOnBoth(long bytes) {
    if (node().isRoot() || bytes < limit) {
      throw new Refusal(Errno.EINVAL);
    }
    makeRoom(bytes);
    limitOnBoth = bytes;
  }

  private void makeRoom(long bytes) {
    long excess = usage() - bytes;
    if (excess > 0 && reclaim(excess) < excess) {
      throw new Refusal(Errno.EBUSY);
    }
  }

  @Override
  protected long cap() {
    return Math.min(limit, limitOnBoth);
  }

  private String oomControl() {
    return "oom_kill_disable %d\nunder_oom %d\noom_kill %d\n"
        .formatted(killerOff ? 1 : 0, isUnderOom() ? 1 : 0, oomKills());
  }

  private void setKiller(String text) {
    if (node().isRoot()) {
      throw new Refusal(Errno.EINVAL);
    }
    killerOff = KernelText.flag(text);
    if (waiting && !killerOff) {
      outOfMemory();
    }
  }

  /// Also true below a cgroup at whose cap processes wait.
  public boolean isUnderOom() {
    return upwards().stream().anyMatch(part -> part instanceof MemoryV1 above && above.waiting);
  }

  @Override
  protected void outOfMemory() {
    if (limitOnBoth <= limit) {
      failuresOfBoth++;
    } else {
      failures++;
    }
    if (killerOff) {
      waiting = true;
    } else {
      waiting = false;
      killLargest();
    }
    for (MemoryV1 below : downwards(MemoryV1.class)) {
      node().tree().kernel().watchers().event(below.oomControlFile());
    }
  }

  private Path oomControlFile() {
    return node().path().resolve("memory.oom_control");
  }

  @Override
  protected void announceKill() {
    // v1 only counts it
  }

  /// The wait ends when memory is freed or the cap is raised.
  @Override
  public void settle() {
    if (waiting && usage() < cap()) {
      waiting = false;
    }
  }

  private String stat() {
    String swap = swapCounted ? "total_swap 0\n" : "";
    return "cache %d\nrss %d\nshmem 0\ninactive_file %d\nhierarchical_memory_limit %d\n"
            .formatted(ownPageCache(), ownAnonymous(), ownPageCache(), cap())
        + "total_cache %d\ntotal_rss %d\ntotal_shmem 0\n%stotal_inactive_file %d\n"
            .formatted(pageCache(), anonymous(), swap, pageCache());
  }
}

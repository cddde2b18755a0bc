package dev.holdfast.testkit.fake.v2;

import dev.holdfast.linux.Errno;
import dev.holdfast.testkit.fake.Control;
import dev.holdfast.testkit.fake.KernelText;
import dev.holdfast.testkit.fake.Machine;
import dev.holdfast.testkit.fake.MemoryPart;
import dev.holdfast.testkit.fake.Node;
import dev.holdfast.testkit.fake.Refusal;
import dev.holdfast.testkit.fake.Watchers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// v2's memory controller. A cap below the usage is not refused: the OOM killer makes it fit.
final class MemoryV2 extends MemoryPart {
  private static final String NO_LIMIT = "max";

  private final Map<String, Control> files = new HashMap<>();
  private final Map<String, Long> limits = new HashMap<>();
  private boolean killTogether;

  // As memory.events.local counts them; memory.events adds those of the cgroups below.
  private long limitHits;
  private long ooms;
  private long groupKills;

  MemoryV2(Node node) {
    super(node);
    files.put("memory.stat", Control.readOnly(this::stat));
    if (!node.isRoot()) {
      putFiles(node.tree().kernel().machine());
    }
  }

  private void putFiles(Machine machine) {
    putLimit("memory.max", KernelText.UNLIMITED);
    putLimit("memory.high", KernelText.UNLIMITED);
    putLimit("memory.low", 0);
    putLimit("memory.min", 0);
    files.put("memory.current", Control.readOnly(() -> usage() + "\n"));
    files.put("memory.events", Control.readOnly(() -> events(downwards(MemoryV2.class))));
    if (machine.since(4, 19)) {
      files.put(
          "memory.oom.group",
          Control.of(
              () -> killTogether ? "1\n" : "0\n", text -> killTogether = KernelText.flag(text)));
    }
    if (machine.since(5, 2)) {
      files.put("memory.events.local", Control.readOnly(() -> events(List.of(this))));
    }
    if (machine.since(5, 19)) {
      files.put("memory.peak", Control.readOnly(() -> peak() + "\n"));
      files.put("memory.reclaim", Control.writeOnly(this::reclaimAll));
    }
    if (machine.swap()) {
      putLimit("memory.swap.max", KernelText.UNLIMITED);
      files.put("memory.swap.current", Control.constant("0"));
    }
  }

  private void putLimit(String file, long initial) {
    limits.put(file, initial);
    files.put(
        file,
        Control.of(
            () -> format(limit(file)) + "\n",
            text -> {
              limits.put(file, KernelText.pages(text, NO_LIMIT));
              if (file.equals("memory.max")) {
                makeFit();
              }
            }));
  }

  /// What is above `memory.high` is reclaimed as far as it can be, and nobody is killed for it.
  @Override
  public void settle() {
    long _ = reclaim(Math.max(usage() - limit("memory.high"), 0));
  }

  @Override
  public Map<String, Control> files() {
    return files;
  }

  private long limit(String file) {
    return limits.getOrDefault(file, KernelText.UNLIMITED);
  }

  private static String format(long bytes) {
    return bytes == KernelText.UNLIMITED ? NO_LIMIT : Long.toString(bytes);
  }

  @Override
  protected long cap() {
    return limit("memory.max");
  }

  private void reclaimAll(String text) {
    long bytes = KernelText.pages(text, "");
    if (reclaim(bytes) < bytes) {
      throw new Refusal(Errno.EAGAIN);
    }
  }

  /// Kills until what is left fits, or nobody is left.
  private void makeFit() {
    long _ = reclaim(Math.max(usage() - cap(), 0));
    boolean victims = true;
    while (victims && sum(MemoryPart::survivingUsage) > cap()) {
      ooms++;
      victims = kill().isPresent();
      announce();
    }
  }

  @Override
  protected void outOfMemory() {
    limitHits++;
    ooms++;
    Optional<MemoryPart> _ = kill();
    announce();
  }

  /// The one with the most, and all of the highest cgroup around it that wants to die together.
  private Optional<MemoryPart> kill() {
    Optional<MemoryPart> victim = killLargest();
    victim.flatMap(this::groupOf).ifPresent(MemoryV2::killGroup);
    return victim;
  }

  private Optional<MemoryV2> groupOf(MemoryPart victim) {
    List<MemoryV2> domain = downwards(MemoryV2.class);
    return domain.stream()
        .filter(it -> it.killTogether && it.downwards(MemoryPart.class).contains(victim))
        .findFirst();
  }

  /// Counts the victim once more: the kernel's `oom_kill_memcg_member()` does.
  private void killGroup() {
    groupKills++;
    for (MemoryV2 part : downwards(MemoryV2.class)) {
      List.copyOf(part.node().processes()).forEach(part::killForMemory);
    }
    announce();
  }

  @Override
  protected void announceKill() {
    announce();
  }

  private void announce() {
    Watchers watchers = node().tree().kernel().watchers();
    watchers.modified(node().path().resolve("memory.events.local"));
    for (Node above : node().ancestry()) {
      watchers.modified(above.path().resolve("memory.events"));
    }
  }

  private static String events(List<MemoryV2> counted) {
    return "low 0\nhigh 0\nmax %d\noom %d\noom_kill %d\noom_group_kill %d\n"
        .formatted(
            counted.stream().mapToLong(it -> it.limitHits).sum(),
            counted.stream().mapToLong(it -> it.ooms).sum(),
            counted.stream().mapToLong(MemoryV2::oomKills).sum(),
            counted.stream().mapToLong(it -> it.groupKills).sum());
  }

  private String stat() {
    return "anon %d\nfile %d\nkernel 0\nshmem 0\ninactive_anon %d\ninactive_file %d\n"
        .formatted(anonymous(), pageCache(), anonymous(), pageCache());
  }
}

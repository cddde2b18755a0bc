package dev.holdfast.testkit.fake.v2;

import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.Pressure;
import dev.holdfast.linux.Errno;
import dev.holdfast.testkit.fake.Control;
import dev.holdfast.testkit.fake.CpuTime;
import dev.holdfast.testkit.fake.FakeProcess;
import dev.holdfast.testkit.fake.KernelText;
import dev.holdfast.testkit.fake.Machine;
import dev.holdfast.testkit.fake.Node;
import dev.holdfast.testkit.fake.Refusal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What every cgroup of a cgroup2 tree has. A process has one thread.
public final class CoreV2 implements CpuTime.Counting, CpuTime.Throttled {
  private static final String NO_LIMIT = "max";

  private final Node node;
  private final Machine machine;
  private final SubtreeControl subtree;
  private final CpuTime time = new CpuTime();
  private final Map<Pressure.Resource, Pressure> pressures = new EnumMap<>(Pressure.Resource.class);
  private final Map<String, Control> files = new HashMap<>();
  private String maxDescendants = NO_LIMIT;
  private boolean freeze;
  private boolean wasKilled;
  private Optional<String> announced = Optional.empty();

  CoreV2(Node node) {
    this.node = node;
    machine = node.tree().kernel().machine();
    subtree = new SubtreeControl(node);
    Control members = Control.of(this::list, value -> node.tree().kernel().enter(node, value));
    files.put("cgroup.procs", Control.of(this::listProcesses, members.writer()));
    files.put("cgroup.threads", members);
    files.put("cgroup.controllers", Control.readOnly(subtree::available));
    files.put("cgroup.subtree_control", Control.of(subtree::text, subtree::write));
    files.put(
        "cgroup.max.descendants", Control.of(() -> maxDescendants + "\n", this::setMaxDescendants));
    files.put("cpu.stat", Control.readOnly(this::cpuStat));
    if (!node.isRoot()) {
      files.put("cgroup.type", Control.of(subtree::type, subtree::setType));
      files.put("cgroup.events", Control.readOnly(this::events));
      files.put("cgroup.freeze", Control.of(() -> freeze ? "1\n" : "0\n", this::setFreeze));
      if (machine.since(5, 14)) {
        files.put("cgroup.kill", Control.writeOnly(this::kill));
      }
    }
    if (machine.pressure()) {
      for (Pressure.Resource resource : Pressure.Resource.values()) {
        pressures.put(resource, new Pressure(0, 0, Duration.ZERO, Duration.ZERO));
        files.put(resource.file(), Control.readOnly(() -> pressure(resource)));
      }
    }
  }

  @Override
  public Map<String, Control> files() {
    return files;
  }

  SubtreeControl subtree() {
    return subtree;
  }

  Set<Controller> enabled() {
    return subtree.enabled();
  }

  private String list() {
    return node.processes().stream()
        .map(FakeProcess::pid)
        .sorted()
        .map(pid -> pid + "\n")
        .collect(Collectors.joining());
  }

  /// Those of a threaded cgroup are listed by its domain.
  private String listProcesses() {
    if (subtree.isThreaded()) {
      throw new Refusal(Errno.EOPNOTSUPP);
    }
    return list();
  }

  @Override
  public void admit() {
    subtree.admit();
  }

  private void setMaxDescendants(String text) {
    String value = text.strip();
    maxDescendants =
        value.equals(NO_LIMIT)
            ? value
            : Long.toString(KernelText.between(0, Integer.MAX_VALUE, value));
  }

  @Override
  public void admitDescendant() {
    if (!maxDescendants.equals(NO_LIMIT)
        && node.subtree().size() > Long.parseLong(maxDescendants)) {
      throw new Refusal(Errno.EAGAIN);
    }
  }

  private String events() {
    return "populated %d\nfrozen %d\n".formatted(node.isPopulated() ? 1 : 0, isFrozen() ? 1 : 0);
  }

  /// At once complete, unless a process is stuck. What is frozen can still be killed.
  private boolean isFrozen() {
    return node.ancestry().stream().anyMatch(it -> it.require(CoreV2.class).freeze)
        && node.allProcesses().stream().noneMatch(FakeProcess::isStuck);
  }

  private void setFreeze(String text) {
    freeze = KernelText.between(0, 1, text) == 1;
  }

  private void kill(String text) {
    long _ = KernelText.between(1, 1, text);
    node.subtree().forEach(below -> below.require(CoreV2.class).wasKilled = true);
    node.allProcesses().forEach(FakeProcess::kill);
  }

  /// Since Linux 6.13 (`kill_seq`) a process that is born here after `cgroup.kill` dies at once.
  public boolean killsNewborn() {
    return wasKilled && machine.since(6, 13);
  }

  @Override
  public void settle() {
    String now = events();
    if (announced.isPresent() && !announced.get().equals(now)) {
      node.tree().kernel().watchers().modified(node.path().resolve("cgroup.events"));
    }
    announced = Optional.of(now);
  }

  @Override
  public CpuTime time() {
    return time;
  }

  @Override
  public CpuTime throttling() {
    return time;
  }

  private String cpuStat() {
    String stat =
        "usage_usec %d\nuser_usec %d\nsystem_usec %d\n"
            .formatted(
                micros(CpuTime.total(node)),
                micros(CpuTime.user(node)),
                micros(CpuTime.system(node)));
    return node.part(CpuV2.class).isEmpty()
        ? stat
        : stat
            + "nr_periods %d\nnr_throttled %d\nthrottled_usec %d\n"
                .formatted(time.periods(), time.throttledPeriods(), micros(time.throttled()));
  }

  private static long micros(Duration time) {
    return time.toNanos() / 1_000;
  }

  public void setPressure(Pressure.Resource resource, Pressure pressure) {
    if (!files.containsKey(resource.file())) {
      throw new Refusal(Errno.ENOENT);
    }
    pressures.put(resource, pressure);
  }

  private String pressure(Pressure.Resource resource) {
    Pressure now =
        pressures.getOrDefault(resource, new Pressure(0, 0, Duration.ZERO, Duration.ZERO));
    return line("some", now.someAvg10(), now.someTotal())
        + line("full", now.fullAvg10(), now.fullTotal());
  }

  private static String line(String kind, double average, Duration total) {
    return String.format(
        Locale.ROOT,
        "%s avg10=%.2f avg60=0.00 avg300=0.00 total=%d\n",
        kind,
        average,
        micros(total));
  }
}

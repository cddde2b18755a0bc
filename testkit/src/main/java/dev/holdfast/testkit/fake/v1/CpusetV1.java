package dev.holdfast.testkit.fake.v1;

import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.linux.Errno;
import dev.holdfast.testkit.fake.Control;
import dev.holdfast.testkit.fake.KernelText;
import dev.holdfast.testkit.fake.Machine;
import dev.holdfast.testkit.fake.Node;
import dev.holdfast.testkit.fake.Part;
import dev.holdfast.testkit.fake.Refusal;
import java.util.Map;
import java.util.function.Function;

/// v1's cpuset controller: a new cpuset is empty and takes no process in.
final class CpusetV1 implements Part {
  private static final CpuSet NOTHING = CpuSet.parse("");
  private static final CpuSet ONE_NODE = CpuSet.parse("0");

  private final Node node;
  private final Map<String, Control> files;
  private CpuSet cpus = NOTHING;
  private CpuSet mems = NOTHING;

  CpusetV1(Node node) {
    this.node = node;
    Machine machine = node.tree().kernel().machine();
    if (node.isRoot()) {
      cpus = machine.allCpus();
      mems = ONE_NODE;
    }
    Control effectiveCpus = Control.readOnly(() -> cpus.format() + "\n");
    Control effectiveMems = Control.readOnly(() -> mems.format() + "\n");
    files =
        Map.of(
            "cpuset.cpus", Control.of(effectiveCpus.reader(), v -> setCpus(v, machine.cpus())),
            "cpuset.mems", Control.of(effectiveMems.reader(), this::setMems),
            "cpuset.effective_cpus", effectiveCpus,
            "cpuset.effective_mems", effectiveMems,
            "cpuset.cpu_exclusive", Control.constant("0"));
  }

  @Override
  public Map<String, Control> files() {
    return files;
  }

  private void setCpus(String text, int count) {
    CpuSet value = KernelText.list(text, count);
    require(value, set -> set.cpus);
    cpus = value;
  }

  private void setMems(String text) {
    CpuSet value = KernelText.list(text, ONE_NODE.size());
    require(value, set -> set.mems);
    mems = value;
  }

  /// In the order of the kernel's `validate_change()`.
  private void require(CpuSet value, Function<CpusetV1, CpuSet> which) {
    if (node.isRoot()) {
      throw new Refusal(Errno.EACCES);
    }
    for (Node child : node.children().values()) {
      if (!which.apply(child.require(CpusetV1.class)).minus(value).isEmpty()) {
        throw new Refusal(Errno.EBUSY);
      }
    }
    CpusetV1 above = node.parent().orElseThrow().require(CpusetV1.class);
    if (!value.minus(which.apply(above)).isEmpty()) {
      throw new Refusal(Errno.EACCES);
    }
    if (value.isEmpty() && !node.processes().isEmpty()) {
      throw new Refusal(Errno.ENOSPC);
    }
  }

  @Override
  public void admit() {
    if (cpus.isEmpty() || mems.isEmpty()) {
      throw new Refusal(Errno.ENOSPC);
    }
  }
}

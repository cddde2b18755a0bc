package dev.holdfast.testkit.fake.v2;

import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.testkit.fake.Control;
import dev.holdfast.testkit.fake.KernelText;
import dev.holdfast.testkit.fake.Machine;
import dev.holdfast.testkit.fake.Node;
import dev.holdfast.testkit.fake.Part;
import java.util.HashMap;
import java.util.Map;

/// v2's cpuset controller: takes what it is told, grants what the parent has, and all of that when
/// nothing would be left.
final class CpusetV2 implements Part {
  private static final CpuSet NOTHING = CpuSet.parse("");
  private static final CpuSet ONE_NODE = CpuSet.parse("0");

  private final Node node;
  private final Machine machine;
  private final Map<String, Control> files = new HashMap<>();
  private CpuSet cpus = NOTHING;
  private CpuSet mems = NOTHING;

  CpusetV2(Node node) {
    this.node = node;
    machine = node.tree().kernel().machine();
    files.put("cpuset.cpus.effective", Control.readOnly(() -> effective().format() + "\n"));
    files.put("cpuset.mems.effective", Control.readOnly(() -> ONE_NODE.format() + "\n"));
    if (!node.isRoot()) {
      files.put(
          "cpuset.cpus",
          Control.of(
              () -> cpus.format() + "\n", text -> cpus = KernelText.list(text, machine.cpus())));
      files.put(
          "cpuset.mems",
          Control.of(
              () -> mems.format() + "\n", text -> mems = KernelText.list(text, ONE_NODE.size())));
      files.put("cpuset.cpus.partition", Control.constant("member"));
    }
  }

  @Override
  public Map<String, Control> files() {
    return files;
  }

  private CpuSet effective() {
    CpuSet above =
        node.parent()
            .flatMap(it -> it.part(CpusetV2.class))
            .map(CpusetV2::effective)
            .orElseGet(machine::allCpus);
    CpuSet granted = cpus.minus(cpus.minus(above));
    return granted.isEmpty() ? above : granted;
  }
}

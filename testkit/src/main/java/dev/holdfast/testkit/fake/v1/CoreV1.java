package dev.holdfast.testkit.fake.v1;

import dev.holdfast.testkit.fake.Control;
import dev.holdfast.testkit.fake.FakeProcess;
import dev.holdfast.testkit.fake.Kernel;
import dev.holdfast.testkit.fake.KernelText;
import dev.holdfast.testkit.fake.Node;
import dev.holdfast.testkit.fake.Part;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// What every v1 cgroup has. A process has one thread.
final class CoreV1 implements Part {
  private final Map<String, Control> files = new HashMap<>();
  private boolean notifyOnRelease;

  CoreV1(Node node) {
    Kernel kernel = node.tree().kernel();
    Control members = Control.of(() -> list(node), value -> kernel.enter(node, value));
    files.put("cgroup.procs", members);
    files.put("tasks", members);
    files.put("cgroup.clone_children", Control.of(() -> "0\n", KernelText::flag));
    files.put(
        "notify_on_release",
        Control.of(
            () -> notifyOnRelease ? "1\n" : "0\n",
            value -> notifyOnRelease = KernelText.flag(value)));
    if (node.isRoot()) {
      files.put("release_agent", Control.of(() -> "\n", _ -> {}));
      files.put("cgroup.sane_behavior", Control.constant("0"));
    }
  }

  @Override
  public Map<String, Control> files() {
    return files;
  }

  private static String list(Node node) {
    return node.processes().stream()
        .map(FakeProcess::pid)
        .sorted()
        .map(pid -> pid + "\n")
        .collect(Collectors.joining());
  }
}

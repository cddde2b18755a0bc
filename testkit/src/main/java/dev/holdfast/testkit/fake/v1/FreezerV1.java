package dev.holdfast.testkit.fake.v1;

import dev.holdfast.linux.Errno;
import dev.holdfast.testkit.fake.Control;
import dev.holdfast.testkit.fake.FakeProcess;
import dev.holdfast.testkit.fake.Node;
import dev.holdfast.testkit.fake.Part;
import dev.holdfast.testkit.fake.Refusal;
import java.util.HashMap;
import java.util.Map;

/// v1's freezer: at once complete, unless a process is stuck; no signal reaches what is frozen.
final class FreezerV1 implements Part {
  private final Node node;
  private final Map<String, Control> files = new HashMap<>();
  private boolean freezing;

  FreezerV1(Node node) {
    this.node = node;
    if (!node.isRoot()) {
      files.put("freezer.state", Control.of(() -> state() + "\n", this::setState));
      files.put("freezer.self_freezing", Control.readOnly(() -> freezing ? "1\n" : "0\n"));
      files.put(
          "freezer.parent_freezing",
          Control.readOnly(() ->
              node.parent().orElseThrow().require(FreezerV1.class).isFreezing() ? "1\n" : "0\n"));
    }
  }

  @Override
  public Map<String, Control> files() {
    return files;
  }

  private boolean isFreezing() {
    return node.ancestry().stream().anyMatch(it -> it.require(FreezerV1.class).freezing);
  }

  private String state() {
    if (!isFreezing()) {
      return "THAWED";
    }
    return node.allProcesses().stream().anyMatch(FakeProcess::isStuck) ? "FREEZING" : "FROZEN";
  }

  private void setState(String text) {
    freezing =
        switch (text.strip()) {
          case "FROZEN" -> true;
          case "THAWED" -> false;
          default -> throw new Refusal(Errno.EINVAL);
        };
  }

  @Override
  public boolean holdsSignals() {
    return isFreezing();
  }
}

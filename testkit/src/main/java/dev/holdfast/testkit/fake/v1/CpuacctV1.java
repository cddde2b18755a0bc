package dev.holdfast.testkit.fake.v1;

import dev.holdfast.linux.Errno;
import dev.holdfast.testkit.fake.Control;
import dev.holdfast.testkit.fake.CpuTime;
import dev.holdfast.testkit.fake.KernelText;
import dev.holdfast.testkit.fake.Node;
import dev.holdfast.testkit.fake.Refusal;
import java.time.Duration;
import java.util.Map;

/// v1's CPU accounting.
final class CpuacctV1 implements CpuTime.Counting {
  private final CpuTime time = new CpuTime();
  private final Map<String, Control> files;

  CpuacctV1(Node node) {
    files =
        Map.of(
            "cpuacct.usage",
            Control.of(() -> CpuTime.total(node).toNanos() + "\n", this::reset),
            "cpuacct.stat",
            Control.readOnly(() ->
                "user %d\nsystem %d\n"
                    .formatted(
                        CpuTime.ticks(CpuTime.user(node)), CpuTime.ticks(CpuTime.system(node)))));
  }

  private void reset(String value) {
    if (KernelText.unsigned(value) != 0) {
      throw new Refusal(Errno.EINVAL);
    }
    time.setUsed(Duration.ZERO, Duration.ZERO);
  }

  @Override
  public Map<String, Control> files() {
    return files;
  }

  @Override
  public CpuTime time() {
    return time;
  }
}

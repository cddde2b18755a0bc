package dev.holdfast.testkit.fake.v1;

import dev.holdfast.linux.Errno;
import dev.holdfast.testkit.fake.Bandwidth;
import dev.holdfast.testkit.fake.Control;
import dev.holdfast.testkit.fake.CpuTime;
import dev.holdfast.testkit.fake.KernelText;
import dev.holdfast.testkit.fake.Node;
import dev.holdfast.testkit.fake.Refusal;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/// v1's cpu controller. A quota may not promise more than the one above has.
final class CpuV1 implements CpuTime.Throttled {
  private static final long FEWEST_SHARES = 2;
  private static final long MOST_SHARES = 262_144;

  private final Node node;
  private final CpuTime throttling = new CpuTime();
  private final Map<String, Control> files = new HashMap<>();
  private long shares = 1024;
  private Bandwidth bandwidth = Bandwidth.NONE;

  CpuV1(Node node) {
    this.node = node;
    files.put("cpu.shares", Control.of(() -> shares + "\n", this::setShares));
    files.put(
        "cpu.cfs_quota_us",
        Control.of(
            () -> bandwidth.quota() + "\n",
            value -> set(bandwidth.withQuota(KernelText.signed(value)))));
    files.put(
        "cpu.cfs_period_us",
        Control.of(
            () -> bandwidth.period() + "\n",
            value -> set(bandwidth.withPeriod(KernelText.unsigned(value)))));
    if (node.tree().kernel().machine().since(5, 14)) {
      files.put(
          "cpu.cfs_burst_us",
          Control.of(
              () -> bandwidth.burst() + "\n",
              value -> set(bandwidth.withBurst(KernelText.unsigned(value)))));
    }
    files.put("cpu.stat", Control.readOnly(this::stat));
  }

  @Override
  public Map<String, Control> files() {
    return files;
  }

  /// Out of bounds is brought within them, without a word.
  private void setShares(String value) {
    shares = Math.clamp(KernelText.unsigned(value), FEWEST_SHARES, MOST_SHARES);
  }

  private void set(Bandwidth value) {
    value.require();
    Bandwidth before = bandwidth;
    bandwidth = value;
    if (!fits(node.tree().root(), OptionalDouble.empty())) {
      bandwidth = before;
      throw new Refusal(Errno.EINVAL);
    }
  }

  /// Whether no cgroup from `at` downwards has a larger part of the CPU than the one above it.
  private static boolean fits(Node at, OptionalDouble above) {
    OptionalDouble own = at.require(CpuV1.class).bandwidth.ratio();
    if (own.isPresent() && above.isPresent() && own.getAsDouble() > above.getAsDouble()) {
      return false;
    }
    OptionalDouble effective = own.isPresent() ? own : above;
    return at.children().values().stream().allMatch(child -> fits(child, effective));
  }

  private String stat() {
    return "nr_periods %d\nnr_throttled %d\nthrottled_time %d\n"
        .formatted(
            throttling.periods(), throttling.throttledPeriods(), throttling.throttled().toNanos());
  }

  @Override
  public CpuTime throttling() {
    return throttling;
  }
}

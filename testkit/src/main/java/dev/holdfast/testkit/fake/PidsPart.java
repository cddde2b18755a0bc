package dev.holdfast.testkit.fake;

import dev.holdfast.linux.Errno;
import java.util.Map;

/// The pids controller, the same on v1 and v2. A process counts as one thread.
public final class PidsPart implements Part {
  private static final long HIGHEST = 4_194_304; // PID_MAX_LIMIT, 64-bit
  private static final String NO_LIMIT = "max";

  private final Node node;
  private final Map<String, Control> files;
  private String limit = NO_LIMIT;
  private long peak;
  private long hits;

  public PidsPart(Node node) {
    this.node = node;
    files =
        node.isRoot()
            ? Map.of()
            : Map.of(
                "pids.max", Control.of(() -> limit + "\n", this::setLimit),
                "pids.current", Control.readOnly(() -> current() + "\n"),
                "pids.peak", Control.readOnly(() -> peak + "\n"),
                "pids.events", Control.readOnly(() -> "max " + hits + "\n"));
  }

  @Override
  public Map<String, Control> files() {
    return files;
  }

  private int current() {
    return node.allProcesses().size();
  }

  private void setLimit(String text) {
    String value = text.strip();
    if (!value.equals(NO_LIMIT)) {
      long number = KernelText.signed(value);
      if (number < 0 || number > HIGHEST) {
        throw new Refusal(Errno.EINVAL);
      }
      value = Long.toString(number);
    }
    limit = value;
  }

  @Override
  public void settle() {
    peak = Math.max(peak, current());
  }

  /// A fork fails at this cgroup's limit.
  public void hitLimit() {
    hits++;
    node.tree().kernel().watchers().modified(node.path().resolve("pids.events"));
  }
}

package dev.holdfast.agent.resources;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.RunId;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Who has been given what. The one owner of the sums; thread-safe.
public final class Books {
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

  private final NodeResources total;
  private final boolean overcommit;
  private final Map<RunId, NodeResources> given = new HashMap<>();

  // Of all that is given; exact, whatever somebody asks for under overcommit.
  private BigInteger millis = BigInteger.ZERO;
  private BigInteger bytes = BigInteger.ZERO;

  /// @param overcommit whether more may be given than there is
  public Books(NodeResources total, boolean overcommit) {
    this.total = total;
    this.overcommit = overcommit;
  }

  public NodeResources total() {
    return total;
  }

  public boolean overcommit() {
    return overcommit;
  }

  /// Gives a run what `limits` name, instead of what it had; what they do not name counts nothing.
  /// Returns why not, in one sentence, when it would be more than there is: then nothing changes.
  public synchronized Optional<String> give(RunId run, Limits limits) {
    NodeResources asked = of(limits);
    Optional<String> refusal = refusal(run, asked);
    if (refusal.isEmpty()) {
      put(run, asked);
    }
    return refusal;
  }

  private void put(RunId run, NodeResources now) {
    release(run);
    given.put(run, now);
    millis = millis.add(BigInteger.valueOf(now.cpus().millis()));
    bytes = bytes.add(BigInteger.valueOf(now.memory().count()));
  }

  /// Whether [#give] would refuse.
  public synchronized Optional<String> refusal(RunId run, Limits limits) {
    return refusal(run, of(limits));
  }

  /// Writes down what a run has, whether there is enough or not.
  public synchronized void enter(RunId run, Limits limits) {
    put(run, of(limits));
  }

  public synchronized void release(RunId run) {
    NodeResources had = given.remove(run);
    if (had != null) {
      millis = millis.subtract(BigInteger.valueOf(had.cpus().millis()));
      bytes = bytes.subtract(BigInteger.valueOf(had.memory().count()));
    }
  }

  public synchronized NodeResources used() {
    return usedBeside(NOTHING);
  }

  private NodeResources usedBeside(NodeResources one) {
    return new NodeResources(
        new Cpus(saturated(millis, one.cpus().millis())),
        new Bytes(saturated(bytes, one.memory().count())));
  }

  private static long saturated(BigInteger sum, long without) {
    return sum.subtract(BigInteger.valueOf(without)).min(MOST).longValueExact();
  }

  private Optional<String> refusal(RunId run, NodeResources asked) {
    NodeResources had = given.getOrDefault(run, NOTHING);
    NodeResources others = usedBeside(had);
    boolean cpus = isTooMuch(asked.cpus(), had.cpus(), others.cpus(), total.cpus());
    boolean memory = isTooMuch(asked.memory(), had.memory(), others.memory(), total.memory());
    if (overcommit || (!cpus && !memory)) {
      return Optional.empty();
    }
    NodeResources free = free(others);
    return Optional.of(
        (cpus
                ? "not enough cpus: "
                    + asked.cpus()
                    + " asked for, "
                    + free.cpus()
                    + " free of "
                    + total.cpus()
                : "")
            + (cpus && memory ? "; " : "")
            + (memory
                ? "not enough memory: "
                    + asked.memory()
                    + " asked for, "
                    + free.memory()
                    + " free of "
                    + total.memory()
                : "")
            + " (--overcommit would allow it)");
  }

  private static final NodeResources NOTHING = new NodeResources(new Cpus(0), Bytes.ZERO);

  /// Who asks for no more than it has is never in the way.
  private static boolean isTooMuch(Cpus asked, Cpus had, Cpus others, Cpus total) {
    return asked.compareTo(had) > 0
        && asked.millis() > total.millis() - Math.min(total.millis(), others.millis());
  }

  private static boolean isTooMuch(Bytes asked, Bytes had, Bytes others, Bytes total) {
    return asked.compareTo(had) > 0
        && (asked.compareTo(total) > 0
            || asked.count() > total.count() - Math.min(total.count(), others.count()));
  }

  /// What is left beside `used`; nothing when more is given than there is.
  private NodeResources free(NodeResources used) {
    return new NodeResources(
        new Cpus(Math.max(0, total.cpus().millis() - used.cpus().millis())),
        new Bytes(Math.max(0, total.memory().count() - used.memory().count())));
  }

  public synchronized NodeResources free() {
    return free(used());
  }

  private static NodeResources of(Limits limits) {
    return new NodeResources(
        limits.cpus().orElse(NOTHING.cpus()), limits.memory().orElse(NOTHING.memory()));
  }
}

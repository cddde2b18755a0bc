package dev.holdfast.agent.resources;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cpus;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/// What runs may be given together.
public record NodeResources(Cpus cpus, Bytes memory) {
  private static final BigDecimal MEBIBYTE = BigDecimal.valueOf(1L << 20);
  private static final Bytes GIBIBYTE = Bytes.ofMebibytes(1024);

  /// What an operator writes; an absent part is what the machine has.
  public record Asked(Optional<Cpus> cpus, Optional<Bytes> memory) {
    public static final Asked NOTHING = new Asked(Optional.empty(), Optional.empty());

    /// @param onlineCpus of the machine
    /// @param physical memory of the machine: all but one GiB is for runs, if there is more
    public NodeResources on(int onlineCpus, Bytes physical) {
      Bytes most =
          physical.compareTo(GIBIBYTE) > 0
              ? new Bytes(physical.count() - GIBIBYTE.count())
              : physical;
      return new NodeResources(cpus.orElse(Cpus.ofWhole(onlineCpus)), memory.orElse(most));
    }
  }

  /// Reads the seed's form, `cpus:2;mem:4096` or `cpus(role):1.5;cpus(*):0.5`, or Mesos' JSON: the
  /// amounts of all roles are added up, memory is in MiB, and no fraction of one is lost. Other
  /// resources are passed over. `auto`, and what is not named, is what the machine has.
  ///
  /// @throws IllegalArgumentException naming the part that is not in this form
  public static Asked parse(String text) {
    if (text.isBlank() || text.strip().equals("auto")) {
      return Asked.NOTHING;
    }
    Optional<BigDecimal> cpus = Optional.empty();
    Optional<BigDecimal> memory = Optional.empty();
    for (Resource resource : Resource.parseAll(text)) {
      switch (resource.name()) {
        case "cpus" -> cpus = sum(cpus, resource.scalar());
        case "mem" -> memory = sum(memory, resource.scalar());
        // What an operator means to cap would be given without a cap.
        case "cpu" -> throw unknown(resource, "cpus");
        case "memory", "ram" -> throw unknown(resource, "mem");
        default -> {
          // disk, ports …: nothing here divides them
        }
      }
    }
    return new Asked(cpus.map(it -> cpus(text, it)), memory.map(it -> memory(text, it)));
  }

  private static IllegalArgumentException unknown(Resource resource, String meant) {
    return new IllegalArgumentException(
        "there is no resource '" + resource.name() + "': did you mean " + meant + "?");
  }

  private static Optional<BigDecimal> sum(Optional<BigDecimal> sum, BigDecimal more) {
    return Optional.of(sum.map(more::add).orElse(more));
  }

  private static Cpus cpus(String text, BigDecimal amount) {
    try {
      return new Cpus(
          amount.movePointRight(3).setScale(0, RoundingMode.UNNECESSARY).longValueExact());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "'" + text + "': cpus have at most three decimals, got " + amount.toPlainString(), e);
    }
  }

  private static Bytes memory(String text, BigDecimal mebibytes) {
    try {
      return new Bytes(
          mebibytes.multiply(MEBIBYTE).setScale(0, RoundingMode.FLOOR).longValueExact());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("'" + text + "': that is too much memory", e);
    }
  }
}

package dev.holdfast.testkit;

import dev.holdfast.cgroup.KernelCgroupFs;
import dev.holdfast.cgroup.host.CgroupHost;
import dev.holdfast.linux.Host;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.KernelVersion;
import dev.holdfast.linux.proc.ProcFs;
import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Decides whether a [KernelTest] runs here.
final class KernelTestCondition implements ExecutionCondition {
  static final String SWITCH = "HOLDFAST_KERNEL_TESTS";

  private static final String REQUIRE = "require";
  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  /// What the host offers.
  record Offer(boolean root, Optional<KernelLayout> layout, KernelVersion kernel) {}

  /// What a test asks for.
  ///
  /// @param layouts any when empty
  record Demand(List<KernelLayout> layouts, Optional<KernelVersion> since) {}

  sealed interface Decision {
    record Run() implements Decision {}

    record Skip(String reason) implements Decision {}

    record Fail(String reason) implements Decision {}
  }

  static Decision decide(Offer offer, Demand demand, boolean required) {
    if (!offer.root()) {
      return missing("it needs root", required);
    }
    if (offer.layout().isEmpty()) {
      return missing("no cgroup file system is mounted", required);
    }
    KernelLayout layout = offer.layout().get();
    if (!demand.layouts().isEmpty() && !demand.layouts().contains(layout)) {
      return new Decision.Skip(
          "not for this layout: it is for " + demand.layouts() + ", this is " + layout);
    }
    if (demand.since().isPresent() && offer.kernel().compareTo(demand.since().get()) < 0) {
      return new Decision.Skip(
          "not for this kernel: it is for Linux "
              + demand.since().get()
              + " and later, this is "
              + offer.kernel());
    }
    return new Decision.Run();
  }

  private static Decision missing(String reason, boolean required) {
    return required
        ? new Decision.Fail(reason + ", and " + SWITCH + "=" + REQUIRE)
        : new Decision.Skip(reason);
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Optional<KernelTest> test = context.getElement().flatMap(KernelTestCondition::annotation);
    if (test.isEmpty()) {
      return ConditionEvaluationResult.enabled("said by the class");
    }
    return switch (decide(Here.OFFER, demand(test.get()), isRequired())) {
      case Decision.Run() -> ConditionEvaluationResult.enabled("root and cgroups are here");
      case Decision.Skip(var reason) -> {
        say("kernel test skipped: " + context.getDisplayName() + ": " + reason);
        yield ConditionEvaluationResult.disabled(reason);
      }
      case Decision.Fail(var reason) ->
          throw new IllegalStateException("the kernel tests cannot run here: " + reason);
    };
  }

  private static Optional<KernelTest> annotation(AnnotatedElement element) {
    return Optional.ofNullable(element.getAnnotation(KernelTest.class));
  }

  private static Demand demand(KernelTest test) {
    return new Demand(
        List.of(test.value()),
        test.since().isEmpty() ? Optional.empty() : Optional.of(KernelVersion.parse(test.since())));
  }

  private static boolean isRequired() {
    return REQUIRE.equals(System.getProperty(SWITCH, System.getenv().getOrDefault(SWITCH, "")));
  }

  /// Once: a report of skipped tests is easily overlooked.
  private static void say(String line) {
    if (SAID.add(line)) {
      System.err.println(line);
    }
  }

  private static final class Here {
    static final Offer OFFER = look();

    private static Offer look() {
      try (KernelEvents events = new KernelEvents()) {
        return new Offer(
            Host.isRoot(),
            KernelLayout.of(
                CgroupHost.detect(
                    ProcFs.system().mounts(), new KernelCgroupFs(events), KernelVersion.running())),
            KernelVersion.running());
      }
    }
  }
}

package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.host.Layout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// What the parts of [CgroupFsContract] share.
interface Contract {
  Duration PATIENCE = Duration.ofSeconds(30);

  ContractEnvironment environment();

  default CgroupFs fs() {
    return environment().fs();
  }

  default Hierarchy hierarchy() {
    return environment().hierarchy();
  }

  /// A parent that lends all controllers to the cgroups below it; one is there already.
  default Cgroup newParent() {
    Cgroup parent = hierarchy().cgroup(environment().freshPath(), hierarchy().controllers());
    parent.child("first").ensure();
    return parent;
  }

  /// A cgroup with all controllers.
  default Cgroup newCgroup() {
    Cgroup cgroup = newParent().child("run");
    cgroup.create();
    return cgroup;
  }

  /// The root of the tree that has the controller.
  default Path mount(Controller controller) {
    return switch (environment().layout()) {
      case Layout.V1(var mounts) -> mount(mounts, controller);
      case Layout.Hybrid(var mounts, var _) -> mount(mounts, controller);
      case Layout.V2(var mount, var _) -> mount;
      case Layout.None() -> throw new IllegalStateException("no cgroup file system is mounted");
    };
  }

  private static Path mount(Map<Controller, Path> mounts, Controller controller) {
    return Optional.ofNullable(mounts.get(controller)).orElseThrow();
  }

  /// The directory of the cgroup in that tree.
  default Path directory(Cgroup cgroup, Controller controller) {
    return mount(controller).resolve(cgroup.path().toString());
  }

  default Path file(Cgroup cgroup, Controller controller, String name) {
    return directory(cgroup, controller).resolve(name);
  }

  /// The directory of the cgroup in the cgroup2 tree.
  default Path unifiedDirectory(Cgroup cgroup) {
    return cgroup.directories().getLast();
  }

  default boolean isV2() {
    return environment().layout() instanceof Layout.V2;
  }

  default void assumeV1() {
    assumeTrue(!isV2(), "not for this layout: it is for v1");
  }

  default void assumeV2() {
    assumeTrue(isV2(), "not for this layout: it is for v2");
  }

  default void assumeUnified() {
    assumeTrue(
        isV2() || environment().layout() instanceof Layout.Hybrid,
        "not for this layout: it is for those with a cgroup2 tree");
  }

  default void assumeTwoCpus() {
    assumeTrue(environment().cpus() > 1, "it needs a second CPU");
  }

  default String read(Path file) {
    return fs().read(file).strip();
  }

  default void assertNotFound(ThrowingCallable operation) {
    assertThatThrownBy(operation).isInstanceOf(CgroupException.NotFound.class);
  }

  default void assertBusy(ThrowingCallable operation) {
    assertThatThrownBy(operation).isInstanceOf(CgroupException.Busy.class);
  }

  /// The controls refuse each of these values, and keep what they had.
  default void assertBadValues(Path file, String... values) {
    String before = fs().read(file);
    for (String value : values) {
      assertThatThrownBy(() -> fs().write(file, value), "write '%s' to %s", value, file)
          .isInstanceOf(CgroupException.BadValue.class);
      assertThat(fs().read(file)).as("after '%s'", value).isEqualTo(before);
    }
  }

  /// The control takes `value` and shows it as `shown`.
  default void assertKept(Path file, String value, String shown) {
    fs().write(file, value);
    assertThat(read(file)).as("after '%s'", value).isEqualTo(shown);
  }

  /// Waits for what the kernel does in its own time. It announces few of these things, hence the
  /// polling.
  default void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waiting until " + what).isLessThan(deadline);
      try {
        Thread.sleep(2);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting until " + what, e);
      }
    }
  }

  /// Ends the process and waits until the cgroup has let go of it.
  default void kill(Cgroup cgroup, int pid) {
    environment().kill(pid);
    await(pid + " has left " + cgroup, () -> !cgroup.processes().contains(pid));
  }
}

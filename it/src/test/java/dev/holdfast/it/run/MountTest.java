package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.linux.proc.ProcFs;
import dev.holdfast.testkit.KernelLayout;
import dev.holdfast.testkit.KernelTest;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A host on which something is not mounted: in a mount namespace of the test's own.
@KernelTest({KernelLayout.V1, KernelLayout.HYBRID})
final class MountTest {
  @RegisterExtension final Ground ground = new Ground();

  private static String unmounting(String controller) {
    assumeTrue(
        ProcFs.system().mounts().stream().filter(it -> it.type().equals("cgroup")).count() > 1,
        "not for this layout: it is for controllers in several hierarchies");
    // Wherever it is mounted, alone or with others.
    return """
    where=$(awk -v c=%s '$3 == "cgroup" && ","$4"," ~ ","c"," { print $2 }' /proc/mounts)
    umount $where
    """
        .formatted(controller);
  }

  @ParameterizedTest
  @CsvSource({
    "pids,   --pids-limit,  5",
    "memory, --memory,      64m",
    "cpu,    --cpus,        0.5",
    "cpuset, --cpuset-cpus, 0",
  })
  void missingControllerIsNamedWithItsCure(String controller, String option, String value) {
    Finished run =
        ground
            .run(option, value, "true")
            .afterMounting(unmounting(controller))
            .finish()
            .expect(125);

    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err())
        .contains("the " + controller + " controller is not mounted", "mount -t cgroup -o ");
    assertThat(ground.runtime()).doesNotExist();
  }

  @Test
  void theCureWorks() {
    String words = ground.run("--pids-limit", "5", "true").shellWords();
    String script =
        unmounting("pids")
            + words
            + " 2>message\n"
            + "cure=$(sed 's/.*not mounted: //' message)\n"
            + "eval \"$cure\" && "
            + words;

    ground.run().start("unshare", "--mount", "sh", "-c", script).await().expect(0);
  }

  @Test
  void twoMissingControllersAreToldTogether() {
    Finished run =
        ground
            .run("--pids-limit", "5", "--memory", "64m", "true")
            .afterMounting(unmounting("pids") + unmounting("memory"))
            .finish()
            .expect(125);

    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err()).contains("the pids controller", "the memory controller");
  }

  @Test
  void whatIsNotAskedForMayBeMissing() {
    ground.run("--memory", "64m", "true").afterMounting(unmounting("pids")).finish().expect(0);
  }

  @Test
  void withoutAnyCgroupsNothingRuns() {
    String all = "umount $(awk '$3 ~ /^cgroup/ { print $2 }' /proc/mounts)";
    Finished run = ground.run("true").afterMounting(all).finish().expect(125);

    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err()).contains("no cgroup file system is mounted", "mount -t cgroup2");
  }

  @Test
  @KernelTest(KernelLayout.HYBRID)
  void withoutTheUnifiedTreeItKillsByTheFreezer() {
    String unified = "umount $(awk '$3 == \"cgroup2\" { print $2 }' /proc/mounts)";
    Finished run =
        ground
            .run("sh", "-c", "sleep 1000 & sleep 1000 & exit 3")
            .withVerdict()
            .afterMounting(unified)
            .finish()
            .expect(3);

    assertThat(run.verdict().text("kill.mechanism")).isEqualTo("freezer");
    assertThat(run.verdict().count("kill.count")).isEqualTo(2);
  }

  @Test
  @KernelTest(KernelLayout.HYBRID)
  void readOnlyCgroupsLeaveNothing() {
    String readOnly = "mount -o remount,bind,ro /sys/fs/cgroup/memory";
    Finished run =
        ground.run("--memory", "64m", "true").afterMounting(readOnly).finish().expect(125);

    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err()).contains("/sys/fs/cgroup/memory/", "EROFS");
  }

  @Test
  void doctorNamesWhatIsMissingAndItsCure() {
    Finished call = ground.holdfast("doctor").afterMounting(unmounting("pids")).finish().expect(1);

    assertThat(call.out()).containsPattern("pids limit +missing");
    assertThat(call.out()).contains("fix: the pids controller is not mounted: mkdir -p ");
  }

  @Test
  void doctorTellsProgramsToo() {
    Finished call =
        ground
            .holdfast("doctor", "--format", "json")
            .afterMounting(unmounting("pids"))
            .finish()
            .expect(1);

    JsonObject report = JsonParser.parseString(call.out()).getAsJsonObject();
    JsonObject pids =
        StreamSupport.stream(report.getAsJsonArray("features").spliterator(), false)
            .map(JsonElement::getAsJsonObject)
            .filter(it -> it.get("name").getAsString().equals("pids limit"))
            .findFirst()
            .orElseThrow();
    assertThat(pids.get("available").getAsBoolean()).isFalse();
    assertThat(pids.get("fix").getAsString()).contains("mount -t cgroup -o pids");
  }
}

package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.testkit.KernelLayout;
import dev.holdfast.testkit.KernelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What `doctor` finds on the host that it looks at.
@KernelTest
final class DoctorTest {
  @RegisterExtension final Ground ground = new Ground();

  @Test
  @KernelTest(KernelLayout.HYBRID)
  void namesTheHybridLayout() {
    Finished call = ground.holdfast("doctor").finish().expect(0);

    assertThat(call.out())
        .contains("cgroups  hybrid: v1 (", ") and a cgroup2 tree at ")
        .containsPattern("whole-tree kill +ok +cgroup.kill in ")
        .containsPattern("out-of-memory report +ok +memory.oom_control in ")
        .doesNotContain("missing");
    assertThat(call.err()).isEmpty();
    assertThat(ground.runtime()).doesNotExist();
  }

  @Test
  void tellsProgramsToo() {
    String text = ground.holdfast("doctor", "--format", "json").finish().out();

    JsonObject report = JsonParser.parseString(text).getAsJsonObject();
    assertThat(report.get("kernel").getAsString()).matches("\\d+\\.\\d+.*");
    assertThat(report.getAsJsonArray("features")).hasSizeGreaterThan(10);
  }

  @Test
  void worksWithoutRootAndSaysWhatThatCosts() {
    Finished call =
        ground
            .holdfast("doctor")
            .behind(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "--inh-caps=+dac_read_search",
                "--ambient-caps=+dac_read_search")
            .finish()
            .expect(1);

    assertThat(call.out()).containsPattern("root +missing +not root");
    assertThat(call.err()).isEmpty();
  }

  @Test
  @KernelTest(KernelLayout.V1)
  void namesV1() {
    Finished call = ground.holdfast("doctor").finish().expect(1);

    assertThat(call.out())
        .containsPattern("cgroups  v1 \\(cpu .*memory")
        .containsPattern("whole-tree kill +ok +freeze, SIGKILL to each, thaw")
        .containsPattern("pressure \\(PSI\\) +missing")
        .containsPattern("out-of-memory report +ok +memory.oom_control in ");
  }

  @Test
  @KernelTest(KernelLayout.V2)
  void namesV2() {
    Finished call = ground.holdfast("doctor").finish().expect(0);

    assertThat(call.out())
        .containsPattern("cgroups  v2 at /\\S+ \\(cpu cpuset memory pids io\\)")
        .containsPattern("whole-tree kill +ok +cgroup.kill in ")
        .containsPattern("out-of-memory report +ok +memory.events in ")
        .doesNotContain("missing");
  }
}

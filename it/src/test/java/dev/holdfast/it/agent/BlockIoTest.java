package dev.holdfast.it.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.holdfast.it.harness.Agent;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Waiting;
import dev.holdfast.testkit.KernelLayout;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What a run reads from a block device and writes to it, past the page cache.
@KernelTest
final class BlockIoTest {
  private static final long MEBIBYTE = 1 << 20;

  @RegisterExtension final Ground ground = new Ground();

  @Test
  @KernelTest(KernelLayout.V2)
  void isCountedOnV2() throws Exception {
    assumeTrue(
        Files.readString(Path.of("/sys/fs/cgroup/cgroup.controllers")).contains("io"),
        "the kernel has no io controller");
    Path disk = ground.file("disk");
    call("truncate", "-s", "16M", disk.toString());
    String device = call("losetup", "--find", "--show", disk.toString());
    try {
      Agent agent = Agent.start(ground);
      String script =
          "dd if=$0 of=/dev/null bs=1M count=4 iflag=direct && "
              + "dd if=/dev/zero of=$0 bs=1M count=2 oflag=direct && echo done && sleep 1000";
      agent.launch("io", "sh", "-c", script, device).expect(0);
      Path output = Path.of(agent.inspect("io").text("sandbox"), "stdout");
      Waiting.until("the load has been done", () -> Files.readString(output).equals("done\n"));

      Waiting.until(
          "all of it has been read",
          () -> {
            JsonObject stats = stats(agent);
            return stats.get("io_read_bytes").getAsLong() == 4 * MEBIBYTE
                && stats.get("io_written_bytes").getAsLong() == 2 * MEBIBYTE;
          });
      assertThat(stats(agent).get("io_reads").getAsLong()).isPositive();
      assertThat(stats(agent).get("io_writes").getAsLong()).isPositive();
      assertThat(agent.get("/metrics")).contains("container_fs_reads_bytes_total{");
      assertThat(agent.ask("stats", "--no-stream").expect(0).out()).contains("4 MiB / 2 MiB");
      agent.end();
    } finally {
      call("losetup", "--detach", device);
    }
  }

  @Test
  @KernelTest({KernelLayout.V1, KernelLayout.HYBRID})
  void isNotToldOnV1() {
    Agent agent = Agent.start(ground);
    agent.launch("io", "sleep", "1000").expect(0);
    Waiting.until("it has been measured", () -> stats(agent).has("pids"));
    assertThat(stats(agent).has("io_read_bytes")).isFalse();
    agent.end();
  }

  private static JsonObject stats(Agent agent) {
    String run = agent.inspect("io").text("id");
    return JsonParser.parseString(agent.get("/v1/executors/" + run + "/stats")).getAsJsonObject();
  }

  private static String call(String... words) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}

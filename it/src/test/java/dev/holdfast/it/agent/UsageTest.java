package dev.holdfast.it.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.holdfast.it.harness.Agent;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Waiting;
import dev.holdfast.linux.Host;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What the seed's endpoint tells of a known load, beside what the kernel's own files say.
@KernelTest
final class UsageTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int PERCENT = 2;
  private static final long MEBIBYTE = 1 << 20;

  /// Touches memory and fills the page cache, spins in user mode and in the kernel, and rests.
  /// User-Mode Linux counts all time as the kernel's, so it stops by the sum.
  private static final String LOAD =
      """
      $| = 1;
      $count = 128 << 20;
      $held = 'x' x $count;
      open $file, '>', 'cached' or die; $block = 'y' x (1 << 20);
      print $file $block for 1 .. 100;
      close $file;
      sub used { my @t = times; $t[0] + $t[1] }
      while (used() < 3) { $i++ for 1 .. 100000 }
      open $zero, '<', '/dev/zero' or die;
      while (used() < 5) { sysread $zero, $block, 1 << 20 for 1 .. 100 }
      print "done\\n";
      sleep 1000;
      """;

  @RegisterExtension final Ground ground = new Ground();

  @Test
  void ofAKnownLoadEveryFieldIsTheKernels() throws IOException {
    Agent agent = Agent.start(ground, "--cgroups_enable_cfs", "--resources", "cpus:1;mem:600");
    agent.launch("load", "--cpus", "0.5", "--memory", "400m", "perl", "-e", LOAD).expect(0);
    // By its file: each call of the command line would take CPU time from the load.
    Path output = Path.of(agent.inspect("load").text("sandbox"), "stdout");
    Waiting.within(
        PATIENCE, "the load has been done", () -> Files.readString(output).equals("done\n"));

    // The periods are counted a little longer than the load lasts.
    Waiting.untilAsserted(() -> assertAsTheKernelSays(agent));

    JsonObject told = statistics(agent);
    assertThat(told.keySet())
        .containsExactly(
            "cpus_limit",
            "cpus_nr_periods",
            "cpus_nr_throttled",
            "cpus_system_time_secs",
            "cpus_throttled_time_secs",
            "cpus_user_time_secs",
            "mem_limit_bytes",
            "mem_rss_bytes");
    assertThat(told.get("cpus_limit").getAsDouble()).isEqualTo(0.5);
    assertThat(told.get("mem_limit_bytes").getAsLong()).isEqualTo(400 * MEBIBYTE);
    // And it is what was done, not only the same.
    assertThat(cpuSeconds(told)).isGreaterThan(4.9);
    assertThat(pageCache(agent)).isGreaterThan(96 * MEBIBYTE);
    // How often it was throttled depends on what else the machine has to do.
    assertThat(told.get("cpus_nr_periods").getAsLong()).isGreaterThan(40);
    assertThat(told.get("mem_rss_bytes").getAsLong()).isBetween(128 * MEBIBYTE, 140 * MEBIBYTE);
    agent.end();
  }

  private void assertAsTheKernelSays(Agent agent) throws IOException {
    JsonObject told = statistics(agent);
    kernel()
        .forEach((field, value) ->
            assertThat(told.get(field).getAsDouble())
                .as(field)
                .isCloseTo(value, withinPercentage(PERCENT)));
    assertThat(pageCache(agent)).isCloseTo(kernelsPageCache(), withinPercentage(PERCENT));
  }

  private static double cpuSeconds(JsonObject told) {
    return told.get("cpus_user_time_secs").getAsDouble()
        + told.get("cpus_system_time_secs").getAsDouble();
  }

  private static JsonObject statistics(Agent agent) {
    return JsonParser.parseString(agent.get("/monitor/statistics.json"))
        .getAsJsonArray()
        .get(0)
        .getAsJsonObject()
        .getAsJsonObject("statistics");
  }

  private static long pageCache(Agent agent) {
    String run = agent.inspect("load").text("id");
    return JsonParser.parseString(agent.get("/v1/executors/" + run + "/stats"))
        .getAsJsonObject()
        .get("memory_file_bytes")
        .getAsLong();
  }

  private long kernelsPageCache() throws IOException {
    Map<String, Long> memory = table("memory.stat");
    return memory.getOrDefault("total_cache", memory.getOrDefault("file", -1L));
  }

  /// The same fields from the files of whichever version of cgroups it is.
  private Map<String, Double> kernel() throws IOException {
    Map<String, Double> fields = new TreeMap<>();
    Map<String, Long> memory = table("memory.stat");
    Optional<Path> accounting = file("cpuacct.stat");
    Map<String, Long> cpu = table("cpu.stat");
    fields.put("cpus_nr_periods", (double) cpu.getOrDefault("nr_periods", -1L));
    fields.put("cpus_nr_throttled", (double) cpu.getOrDefault("nr_throttled", -1L));
    if (accounting.isPresent()) {
      double tick = Host.clockTicksPerSecond();
      Map<String, Long> times = table("cpuacct.stat");
      fields.put("cpus_user_time_secs", times.getOrDefault("user", -1L) / tick);
      fields.put("cpus_system_time_secs", times.getOrDefault("system", -1L) / tick);
      fields.put("cpus_throttled_time_secs", cpu.getOrDefault("throttled_time", -1L) / 1e9);
      fields.put("mem_rss_bytes", (double) memory.getOrDefault("total_rss", -1L));
    } else {
      fields.put("cpus_user_time_secs", cpu.getOrDefault("user_usec", -1L) / 1e6);
      fields.put("cpus_system_time_secs", cpu.getOrDefault("system_usec", -1L) / 1e6);
      fields.put("cpus_throttled_time_secs", cpu.getOrDefault("throttled_usec", -1L) / 1e6);
      fields.put("mem_rss_bytes", (double) memory.getOrDefault("anon", -1L));
    }
    return fields;
  }

  private Optional<Path> file(String name) {
    return ground.runCgroups().stream()
        .map(it -> it.resolve(name))
        .filter(Files::exists)
        .findFirst();
  }

  /// A hybrid host's cgroup2 tree has a `cpu.stat`, too, without the quota's part.
  private Map<String, Long> table(String name) throws IOException {
    Map<String, Long> table = new TreeMap<>();
    for (Path cgroup : ground.runCgroups()) {
      if (Files.exists(cgroup.resolve(name))) {
        for (String line : Files.readAllLines(cgroup.resolve(name))) {
          String[] words = line.split(" ", 2);
          table.merge(words[0], Long.valueOf(words[1]), Math::max);
        }
      }
    }
    return table;
  }
}

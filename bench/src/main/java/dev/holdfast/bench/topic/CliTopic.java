package dev.holdfast.bench.topic;

import dev.holdfast.bench.Agent;
import dev.holdfast.bench.Bench;
import dev.holdfast.bench.Helper;
import dev.holdfast.bench.Topic;
import dev.holdfast.bench.TopicResult;
import java.util.ArrayList;
import java.util.List;

/// Commands as a person types them, beside the start of a JVM that does nothing.
public final class CliTopic {
  private static final String FLOOR = "JVM with the same cache, no main";

  private CliTopic() {}

  public static List<TopicResult> measure(Bench bench) throws Exception {
    Agent agent = Agent.start(bench);
    List<String> ids = agent.launchMany(20, bench.victim(), "crowd", "1");
    String socket = agent.client().socket().toString();
    Helper jvm = bench.helper("spawn", jvm(bench));
    Helper version = holdfast(bench, socket, "version");
    Helper ps = holdfast(bench, socket, "ps");
    Helper run = holdfast(bench, "", "run", "--memory", "64m", "--", "/bin/true");
    Helper viaAgent = holdfast(bench, socket, "run", "--memory", "64m", "--", "/bin/true");
    TopicResult result =
        new Topic("commands, cold", "ms")
            .contender(FLOOR, () -> jvm.once() / 1e3)
            .contender("holdfast version", () -> version.once() / 1e3)
            .contender("holdfast ps, 20 executors", () -> ps.once() / 1e3)
            .contender("holdfast run -- /bin/true", () -> run.once() / 1e3)
            .contender("the same through an agent", () -> viaAgent.once() / 1e3)
            .goal("holdfast version", 1.3, FLOOR)
            .goal("holdfast ps, 20 executors", 1.3, FLOOR)
            .run(bench.patience(20));
    agent.end(ids);
    return List.of(result);
  }

  private static Helper holdfast(Bench bench, String socket, String... words) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of(
                "env",
                "HOLDFAST_SOCKET=" + socket,
                "HOLDFAST_CGROUPS_ROOT=holdfast-bench-" + ProcessHandle.current().pid() + "-cli",
                "HOLDFAST_RUNTIME_DIR=" + bench.file("run/cli"),
                bench.checkout().resolve("holdfast").toString()));
    all.addAll(List.of(words));
    return bench.helper("spawn", all);
  }

  /// The command's own JVM, up to its main.
  private static List<String> jvm(Bench bench) {
    String image = bench.checkout().resolve("target/image").toString();
    return List.of(
        System.getProperty("java.home") + "/bin/java",
        "-Xlog:disable",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseCompactObjectHeaders",
        "-XX:-UsePerfData",
        "-XX:-MaxFDLimit",
        "-Xmx256m",
        "-Dsun.jnu.encoding=UTF-8",
        "-Djdk.reflect.useNativeAccessorOnly=true",
        "-XX:AOTCache=" + image + "/holdfast.aot",
        "--enable-native-access=dev.holdfast.linux",
        "-p",
        image + "/lib",
        "--dry-run",
        "-m",
        "dev.holdfast.cli/dev.holdfast.cli.Main");
  }
}

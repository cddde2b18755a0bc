package dev.holdfast.bench;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The programs that people know for this work, with the same limits. Those that are not installed
/// have no contenders.
public final class Peers {
  private static final String GROUP = "holdfast-bench-peer";

  private final Bench bench;

  public Peers(Bench bench) {
    this.bench = bench;
  }

  /// Timed from the start of the command to its end: `/bin/true` in a container.
  public Map<String, Helper> launches() throws Exception {
    Map<String, Helper> all = new java.util.LinkedHashMap<>();
    if (Bench.has("crun")) {
      all.put(
          "crun run",
          bench.spawnOnPlainV1(crun("run", "-b", bundle("crun", "/bin/true"), "hf-crun")));
    }
    if (Bench.has("runc")) {
      all.put("runc run", bench.spawn(runc("run", "-b", bundle("runc", "/bin/true"), "hf-runc")));
    }
    if (Bench.has("podman")) {
      all.put("podman run", bench.spawnOnPlainV1(podman("run", "--rm", "/bin/true")));
    }
    if (Bench.has("ctr")) {
      Containerd containerd = Containerd.start(bench);
      all.put("ctr run", bench.spawn(containerd.ctr("run", "--rm", "hf-ctr", "/bin/true")));
    }
    return all;
  }

  /// The command of crun, with its state in our place.
  public String[] crun(String... words) {
    return words("crun", "--root", bench.file("run/crun"), words);
  }

  public String[] runc(String... words) {
    return words("runc", "--root", bench.file("run/runc"), words);
  }

  private static String[] words(String program, String option, Path state, String... words) {
    List<String> all = new ArrayList<>(List.of(program, option, state.toString()));
    all.addAll(List.of(words));
    return all.toArray(String[]::new);
  }

  /// @param how `--rm`, or `-d` for one that goes on
  public String[] podman(String verb, String how, String... command) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "podman",
                "--root",
                bench.file("podman-root").toString(),
                "--runroot",
                bench.file("run/podman").toString(),
                "--cgroup-manager",
                "cgroupfs",
                verb,
                how,
                "--network",
                "none",
                // Its own limits may be above what we may set.
                "--ulimit",
                "nofile=1024:1024",
                "--ulimit",
                "nproc=1000:1000",
                "--cpus",
                "0.5",
                "--memory",
                "64m",
                "--pids-limit",
                "100",
                "--cgroup-parent",
                GROUP,
                "--rootfs",
                bench.file("rootfs").toString()));
    all.addAll(List.of(command));
    return all.toArray(String[]::new);
  }

  /// Ends what `podman run -d` has started.
  public String[] podmanRemoveAll() {
    return new String[] {
      "podman",
      "--root",
      bench.file("podman-root").toString(),
      "--runroot",
      bench.file("run/podman").toString(),
      "--cgroup-manager",
      "cgroupfs",
      "rm",
      "-f",
      "-t",
      "0",
      "-a"
    };
  }

  /// Tells how many processes a container of [#bundle] has.
  public Path pidsFile(String name) {
    Path v1 = Path.of("/sys/fs/cgroup/pids", GROUP, name, "pids.current");
    return Files.exists(v1) ? v1 : Path.of("/sys/fs/cgroup", GROUP, name, "pids.current");
  }

  /// An OCI bundle that runs `command` in our root file system, with room for 2,000 processes;
  /// returns its directory.
  public String bundle(String name, String... command) throws IOException, InterruptedException {
    Path directory = Files.createDirectories(bench.file("bundle-" + name));
    Files.deleteIfExists(directory.resolve("config.json"));
    String maker = Bench.has("runc") ? "runc" : "crun";
    new ProcessBuilder(maker, "spec", "-b", directory.toString()).start().waitFor();
    Path file = directory.resolve("config.json");
    JsonObject config = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    JsonObject process = config.getAsJsonObject("process");
    process.addProperty("terminal", false);
    JsonArray arguments = new JsonArray();
    List.of(command).forEach(arguments::add);
    process.add("args", arguments);
    process.remove("rlimits");
    JsonObject root = config.getAsJsonObject("root");
    root.addProperty("path", bench.file("rootfs").toString());
    JsonObject linux = config.getAsJsonObject("linux");
    linux.addProperty("cgroupsPath", "/" + GROUP + "/" + name);
    linux.add(
        "resources",
        JsonParser.parseString(
            "{\"cpu\":{\"quota\":200000,\"period\":100000,\"shares\":512},"
                + "\"memory\":{\"limit\":1073741824},\"pids\":{\"limit\":2000}}"));
    Files.writeString(file, new Gson().toJson(config));
    return directory.toString();
  }
}

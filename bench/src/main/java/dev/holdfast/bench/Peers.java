package dev.holdfast.bench;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The programs that people know for this work, with the same limits. Those that are not installed,
/// or can't do it here, have no contenders.
public final class Peers {
  private static final String GROUP = "holdfast-bench-peer";

  private final Bench bench;

  public Peers(Bench bench) {
    this.bench = bench;
  }

  /// Timed from the start of the command to its end: `/bin/true` in a container.
  public Map<String, Helper> launches() throws Exception {
    Map<String, Helper> all = new LinkedHashMap<>();
    if (Bench.has("crun")) {
      String[] run = crun("run", "-b", bundle("crun", "/bin/true"), "hf-crun");
      addIfAble(all, "crun run", bench.spawnOnPlainV1(run));
    }
    if (Bench.has("runc")) {
      String[] run = runc("run", "-b", bundle("runc", "/bin/true"), "hf-runc");
      addIfAble(all, "runc run", bench.spawn(run));
    }
    if (Bench.has("podman")) {
      addIfAble(all, "podman run", bench.spawnOnPlainV1(podman("run", "--rm", "/bin/true")));
    }
    if (Bench.has("ctr")) {
      String[] run = Containerd.start(bench).ctr("run", "--rm", "hf-ctr", "/bin/true");
      addIfAble(all, "ctr run", bench.spawn(run));
    }
    return all;
  }

  private static void addIfAble(Map<String, Helper> all, String name, Helper helper) {
    if (isAble(name, helper)) {
      all.put(name, helper);
    }
  }

  /// Lets it do its work once, which some can't on every kernel: then says so, and that it is left
  /// out. What it has said itself is on stderr already.
  public static boolean isAble(String name, Helper helper) {
    try {
      helper.once();
      return true;
    } catch (IOException e) {
      System.err.println("bench: " + name + " is left out, " + e.getMessage());
      return false;
    }
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
                // The one that works on every file system; the root file system is not its own.
                "--storage-driver",
                "vfs",
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
      "--storage-driver",
      "vfs",
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

package dev.holdfast.agent.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What can be set, in the order of the help.
enum Flag {
  CONFIG("FILE", "", "Read settings from this file: lines 'key = value', keys as these flags."),
  WORK_DIR("DIR", "/var/lib/holdfast", "Sandboxes, and what must survive the host."),
  RUNTIME_DIR("DIR", "/run/holdfast", "What must survive the agent; on a tmpfs."),
  SOCKET("FILE", "", "Where clients connect; <runtime-dir>/agent.sock by default."),
  CGROUPS_ROOT("NAME", "holdfast", "The cgroup below which everything of this agent lives."),
  CGROUPS_HIERARCHY(
      "auto|DIR", "auto", "One hierarchy for all, mounted there if none is; or what there is."),
  CGROUPS_SUBSYSTEMS(
      "LIST",
      "cpu,memory",
      "Controllers there must be: cpu,memory or cpuset,memory (CPUs pinned)."),
  CGROUPS_ENABLE_CFS("", "false", "A number of CPUs is a cap, too, not only a claim."),
  CGROUPS_LIMIT_SWAP("", "false", "Refuse memory limits where swap cannot be limited."),
  CGROUPS_DESTROY_TIMEOUT("D", "60s", "How long a cgroup may take to die before it is reported."),
  RESOURCES("LIST", "auto", "What runs may be given together: 'cpus:2;mem:4096' (MiB)."),
  OVERCOMMIT("", "false", "Give runs more than there is."),
  RECOVER("reconnect|cleanup", "reconnect", "Take running runs over, or end them all and exit."),
  STRICT("", "true", "Do not start when a checkpoint cannot be read; --no-strict passes it over."),
  SWITCH_USER("", "true", "Run as the user asked for; --no-switch-user runs all as root."),
  RESOURCE_MONITORING_INTERVAL("D", "1s", "Time between two readings of what a run uses."),
  EXECUTOR_SHUTDOWN_GRACE_PERIOD("D", "5s", "Time between the request to end and the kill."),
  GC_DELAY("D", "1w", "How long ended runs are kept; less when the disk fills."),
  FRAMEWORKS_HOME("DIR", "", "Where relative paths of files to fetch begin; refused without it."),
  HADOOP_HOME("DIR", "", "Where bin/hadoop is, to fetch files with; else by HADOOP_HOME or PATH."),
  FETCHER_STALL_TIMEOUT("D", "1m", "How long no byte may come of a file that is fetched."),
  FETCHER_SIZE_LIMIT("SIZE", "10g", "Bytes that may be fetched and extracted for one run."),
  LOG_SIZE("SIZE", "10m", "Size at which a run's log begins a new file."),
  LOG_FILES("N", "3", "Log files kept of each stream of a run."),
  HTTP("HOST:PORT", "", "Also listen there, for reading alone unless --http-token-file is given."),
  HTTP_TOKEN_FILE("FILE", "", "Whoever shows this file's first line may do all over --http."),
  ISOLATION("cgroups", "cgroups", "Nothing else isolates here; for settings made for Mesos.");

  private final String label;
  private final String fallback;
  private final String description;

  Flag(String label, String fallback, String description) {
    this.label = label;
    this.fallback = fallback;
    this.description = description;
  }

  /// What stands for the value in the help; empty when it is yes or no.
  String label() {
    return label;
  }

  boolean isSwitch() {
    return label.isEmpty();
  }

  /// The value when nobody sets it.
  String fallback() {
    return fallback;
  }

  String description() {
    return fallback.isEmpty() || isSwitch() ? description : description + " [" + fallback + "]";
  }

  /// `work-dir`.
  String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String option() {
    return "--" + key();
  }

  /// The variables that set it, the first beats the second: Mesos' are read, too.
  List<String> variables() {
    return List.of("HOLDFAST_" + name(), "MESOS_" + name());
  }

  /// @param key with dashes or underscores
  static Optional<Flag> of(String key) {
    return Arrays.stream(values()).filter(flag -> flag.key().equals(dashed(key))).findAny();
  }

  /// Mesos writes `work_dir` where we write `work-dir`.
  static String dashed(String key) {
    return key.replace('_', '-');
  }
}

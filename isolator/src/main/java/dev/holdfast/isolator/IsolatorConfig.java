package dev.holdfast.isolator;

import dev.holdfast.cgroup.CgroupPath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;

/// Where an isolator keeps its things.
///
/// @param root the cgroup below which everything of ours lives
/// @param runtimeDirectory what must survive the process but not the host; tmpfs
/// @param libraryDirectory where an executor-launcher from the jar is kept; lets programs be
///   executed
/// @param destroyTimeout how long a cgroup may take to die before it is reported as left
/// @param threads for one thread a run
/// @param demands what the host must have
/// @param fetch how files are fetched before a run starts
public record IsolatorConfig(
    CgroupPath root,
    Path runtimeDirectory,
    Path libraryDirectory,
    Duration destroyTimeout,
    ThreadFactory threads,
    HostDemands demands,
    FetchConfig fetch) {
  /// `holdfast`, `/run/holdfast`, `/var/lib/holdfast/lib`, 60 s and virtual threads.
  public static IsolatorConfig defaults() {
    return new IsolatorConfig(
        CgroupPath.parse("holdfast"),
        Path.of("/run/holdfast"),
        Path.of("/var/lib/holdfast/lib"),
        Policy.DESTROY_TIMEOUT,
        Thread.ofVirtual().name("run-", 0).factory(),
        HostDemands.NONE,
        FetchConfig.DEFAULT);
  }

  public IsolatorConfig withRoot(CgroupPath value) {
    return new IsolatorConfig(
        value, runtimeDirectory, libraryDirectory, destroyTimeout, threads, demands, fetch);
  }

  public IsolatorConfig withRuntimeDirectory(Path value) {
    return new IsolatorConfig(
        root, value, libraryDirectory, destroyTimeout, threads, demands, fetch);
  }

  public IsolatorConfig withDestroyTimeout(Duration value) {
    return new IsolatorConfig(
        root, runtimeDirectory, libraryDirectory, value, threads, demands, fetch);
  }

  public IsolatorConfig withThreads(ThreadFactory value) {
    return new IsolatorConfig(
        root, runtimeDirectory, libraryDirectory, destroyTimeout, value, demands, fetch);
  }

  public IsolatorConfig withDemands(HostDemands value) {
    return new IsolatorConfig(
        root, runtimeDirectory, libraryDirectory, destroyTimeout, threads, value, fetch);
  }

  public IsolatorConfig withFetch(FetchConfig value) {
    return new IsolatorConfig(
        root, runtimeDirectory, libraryDirectory, destroyTimeout, threads, demands, value);
  }
}

package dev.holdfast.agent.node;

import dev.holdfast.agent.checkpoint.Checkpoint;
import dev.holdfast.agent.checkpoint.Place;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.FetchConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What an operator has settled for all runs.
///
/// @param hierarchy the one mount point of cgroups to use; absent for all that the host has
/// @param cpuMode what a number of CPUs means when a request does not say
/// @param limitSwap a memory limit is a limit on swap, too
/// @param switchUser whether runs run as whom they are asked to
/// @param stopTimeout when a request does not say
/// @param strict whether what cannot be read ends the start
/// @param gcDelay how long ended runs are kept
/// @param fetch how files are fetched before a run starts
public record NodeSettings(
    Path workDirectory,
    Path runtimeDirectory,
    Optional<Path> hierarchy,
    CgroupPath cgroupsRoot,
    CpuMode cpuMode,
    boolean limitSwap,
    boolean switchUser,
    Duration stopTimeout,
    boolean strict,
    Duration gcDelay,
    FetchConfig fetch,
    Checkpoint.Logs logs,
    String version) {
  Place place() {
    return new Place(runtimeDirectory, hierarchy);
  }
}

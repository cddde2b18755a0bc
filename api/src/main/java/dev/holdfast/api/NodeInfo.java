package dev.holdfast.api;

import java.util.List;

/// The node and its agent.
///
/// @param pending what the agent is busy with or could not do yet, one sentence each
public record NodeInfo(
    String agentId,
    String version,
    int pid,
    String started,
    String bootId,
    String hostname,
    String kernel,
    String cgroups,
    String cgroupsRoot,
    String workDir,
    String runtimeDir,
    Resources total,
    Resources used,
    Resources free,
    boolean overcommit,
    int running,
    int finished,
    List<String> pending) {
  public record Resources(double cpus, long memoryBytes) {}
}

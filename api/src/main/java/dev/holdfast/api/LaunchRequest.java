package dev.holdfast.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What to run: the body of `POST /v1/executors`.
///
/// @param framework `default` when absent
/// @param name the command's file name when absent
/// @param command the program and its arguments; a program without a slash is looked up in the
///   run's `PATH`
/// @param environment the whole environment is made of this and `PATH`, `HOME`, `USER`, `LOGNAME`
/// @param user `USER[:GROUP]`, names or numbers; the caller when absent
/// @param workdir absolute; the sandbox when absent
/// @param ulimits as `nofile=1024:4096`
/// @param oom `report` or `kernel`
/// @param uris fetched into the sandbox first, in this order
public record LaunchRequest(
    @Nullable String framework,
    @Nullable String name,
    @Required List<String> command,
    @Nullable Map<String, String> labels,
    @Nullable ResourceLimits limits,
    @Nullable String user,
    @Nullable String workdir,
    @Nullable Map<String, String> environment,
    @Nullable List<String> ulimits,
    @Nullable Double timeoutSeconds,
    @Nullable Double cpuTimeoutSeconds,
    @Nullable Double stopTimeoutSeconds,
    @Nullable String oom,
    @Nullable List<FetchUri> uris) {}

package dev.holdfast.api;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One run of an executor. Instants are ISO 8601 in UTC.
///
/// @param id the run's UUID
/// @param state `fetching`, `preparing`, `running`, `paused`, `stopping`, `killing` or `finished`
/// @param owner the user on whose behalf it was launched
/// @param user whom it runs as
/// @param limits as asked for
/// @param limitsDeferred why a limit is not yet what was asked for
/// @param leader the pid of its first process
/// @param finished when its leader ended
/// @param verdict the word for how it ended
/// @param outcome all that is known of its end, as `run --verdict` writes it; not in lists
public record ExecutorInfo(
    String id,
    String framework,
    String name,
    String state,
    String owner,
    String user,
    List<String> command,
    Map<String, String> labels,
    ResourceLimits limits,
    @Nullable String limitsDeferred,
    String created,
    @Nullable String started,
    @Nullable String finished,
    @Nullable Integer leader,
    @Nullable Integer launcher,
    String sandbox,
    String cgroup,
    List<String> cgroupDirectories,
    @Nullable String verdict,
    @Nullable Integer exitCode,
    @Nullable JsonObject outcome) {}

package dev.holdfast.api;

import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/// Something that happened on the node.
///
/// @param id grows with each event, also over restarts of the agent
/// @param type `launched`, `state`, `out_of_memory`, `ended`, `updated`, `limit_drift`,
///   `recovered`, `removed`, `orphan`, `agent_started` or `agent_stopped`
/// @param data further facts, depending on the type
public record Event(
    long id,
    String time,
    String type,
    @Nullable String run,
    @Nullable String framework,
    @Nullable String executor,
    String message,
    @Nullable JsonObject data) {}

package dev.holdfast.api;

import com.google.gson.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Why a run is in the state that it is in.
///
/// @param summary one sentence
/// @param details one fact a line, with numbers
/// @param events what happened to it, the oldest first
/// @param outcome as in [ExecutorInfo#outcome]
public record Explanation(
    String run,
    String state,
    String summary,
    List<String> details,
    List<Event> events,
    @Nullable JsonObject outcome) {}

package dev.holdfast.api;

import com.google.gson.JsonElement;
import org.jspecify.annotations.Nullable;

/// The body of `POST …/stop`.
///
/// @param timeout until what still runs is killed: `"10s"`, or a number of seconds; the run's own
///   when absent
public record StopRequest(@Nullable JsonElement timeout) {}

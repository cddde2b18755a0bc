package dev.holdfast.api;

import org.jspecify.annotations.Nullable;

/// The body of `POST …/kill`.
///
/// @param signal as `KILL`, `SIGTERM` or `15`; KILL when absent
public record KillRequest(@Nullable String signal) {}

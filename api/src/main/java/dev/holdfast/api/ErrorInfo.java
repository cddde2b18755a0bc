package dev.holdfast.api;

/// Why a request failed.
///
/// @param code stable, for programs: `bad_request`, `forbidden`, `not_found`, `conflict`,
///   `too_large`, `unavailable` or `internal`
/// @param message one sentence for a person
public record ErrorInfo(String code, String message) {}

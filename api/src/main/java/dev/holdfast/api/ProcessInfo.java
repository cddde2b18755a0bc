package dev.holdfast.api;

/// One process of a run.
///
/// @param state as in `ps`: R, S, D, T, Z …
public record ProcessInfo(
    int pid,
    int parent,
    String user,
    String state,
    long threads,
    double cpuSeconds,
    long residentBytes,
    String started,
    String command) {}

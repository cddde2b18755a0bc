package dev.holdfast.api;

/// @param version of the agent
/// @param api the path's first part that this agent speaks
public record VersionInfo(String version, String api, String java) {}

package dev.holdfast.cgroup;

/// What the processes of a cgroup and those below it read from block devices and wrote to them, all
/// devices together. What the page cache answers is not counted, what it writes back later is.
public record Io(long readBytes, long writtenBytes, long reads, long writes) {}

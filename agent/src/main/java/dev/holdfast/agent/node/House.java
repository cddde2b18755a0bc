package dev.holdfast.agent.node;

import dev.holdfast.agent.checkpoint.MetaTree;
import dev.holdfast.agent.checkpoint.RuntimeStore;
import dev.holdfast.agent.checkpoint.Sandboxes;
import dev.holdfast.agent.events.Journal;
import dev.holdfast.agent.metrics.Statistics;
import dev.holdfast.agent.resources.Books;
import dev.holdfast.isolator.Users;
import dev.holdfast.linux.proc.ProcFs;
import java.time.InstantSource;

/// What the parts of a node work with.
record House(
    NodeSettings settings,
    Runs runs,
    RuntimeStore runtime,
    MetaTree meta,
    Sandboxes sandboxes,
    Registry registry,
    Books books,
    Journal journal,
    Statistics statistics,
    Users users,
    ProcFs proc,
    InstantSource clock,
    String bootId) {}

package dev.holdfast.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast agent`: here only to be told of. The script `holdfast` starts it in a JVM with the
/// agent's settings and modules.
final class AgentVerb implements Verb {
  @Override
  public String name() {
    return "agent";
  }

  @Override
  public String summary() {
    return "Run the daemon, in the foreground.";
  }

  @Override
  public CommandSpec spec() {
    return CommandSpec.create();
  }

  @Override
  public int run(ParseResult call, Streams streams) {
    throw new UsageException("agent: is started by the script holdfast, not by this class");
  }
}

package dev.holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast agent`: here only to be told of, and to have its options completed. The script
/// `holdfast` starts it in a JVM with the agent's settings and modules.
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
    CommandSpec spec = CommandSpec.create();
    try (InputStream options = AgentVerb.class.getResourceAsStream("agent-options")) {
      // A line each, `--name what it is`, as the agent has them: a test of the agent's sees to it.
      String lines = new String(Objects.requireNonNull(options).readAllBytes(), UTF_8);
      lines.lines().forEach(line -> add(spec, line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return spec;
  }

  private static void add(CommandSpec spec, String line) {
    int blank = line.indexOf(' ');
    CallOptions.addFlag(spec, line.substring(blank + 1), line.substring(0, blank));
  }

  @Override
  public int run(ParseResult call, Streams streams) {
    throw new UsageException("agent: is started by the script holdfast, not by this class");
  }
}

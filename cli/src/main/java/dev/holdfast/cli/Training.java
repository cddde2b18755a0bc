package dev.holdfast.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Calls each verb once, for the JVM to record in its ahead-of-time cache what they load. Where a
/// verb cannot work, as without root, it still records how that is told.
public final class Training {
  private static final List<List<String>> CALLS =
      List.of(
          List.of("version"),
          List.of("--help"),
          List.of("run", "--help"),
          List.of("doctor"),
          List.of("completion", "bash"),
          List.of("run", "--cpus", "nonsense", "true"),
          List.of(
              "run",
              "--cpus",
              "0.5",
              "--cpu-mode",
              "quota",
              "--memory",
              "64m",
              "--pids-limit",
              "100",
              "--timeout",
              "10s",
              "-e",
              "A=1",
              "--verdict",
              "/dev/null",
              "--",
              "/bin/true"));

  private Training() {}

  public static void main(String[] args) {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    for (List<String> call : CALLS) {
      int status = Main.call(call.toArray(String[]::new), new Streams(nowhere, System.err));
      System.err.println("training: " + call.getFirst() + " " + status);
    }
  }
}

package dev.holdfast.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// One verb of the command line.
interface Verb {
  String name();

  /// One line for the list of verbs.
  String summary();

  /// Its options and parameters. Built only for the verb that is called: all of them together would
  /// cost more than the JVM's start.
  CommandSpec spec();

  /// Does it; returns the exit code.
  ///
  /// @throws UsageException when the words of the call do not fit
  int run(ParseResult call, Streams streams) throws InterruptedException;
}

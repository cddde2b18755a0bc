package dev.holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;

/// Streams that remember what was printed.
final class Terminals {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Streams streams =
      new Streams(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));

  Streams streams() {
    return streams;
  }

  String out() {
    streams.out().flush();
    return out.toString(UTF_8);
  }

  String err() {
    streams.err().flush();
    return err.toString(UTF_8);
  }

  List<String> messages() {
    return err().lines().toList();
  }
}

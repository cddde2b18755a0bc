package dev.holdfast.bench;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A program of `bench/floor` that does its work once for each line, and answers what it took in
/// microseconds.
public final class Helper implements Closeable {
  private static final byte[] ONCE = {'\n'};

  private final List<String> command;
  private final Process process;
  private final OutputStream asks;
  private final BufferedReader answers;

  private Helper(List<String> command) throws IOException {
    this.command = command;
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    asks = process.getOutputStream();
    answers = process.inputReader(StandardCharsets.US_ASCII);
  }

  /// @param floors where the programs are
  static Helper start(java.nio.file.Path floors, String name, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(floors.resolve(name).toString()));
    command.addAll(arguments);
    return new Helper(command);
  }

  static Helper start(List<String> command) throws IOException {
    return new Helper(command);
  }

  /// Microseconds.
  public double once() throws IOException {
    return ask(ONCE);
  }

  /// Answers to another line than the empty one.
  public double ask(String line) throws IOException {
    return ask((line + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private double ask(byte[] line) throws IOException {
    asks.write(line);
    asks.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("it has ended: " + String.join(" ", command));
    }
    return Double.parseDouble(answer);
  }

  @Override
  public void close() throws IOException {
    asks.close();
    process.onExit().join();
  }
}

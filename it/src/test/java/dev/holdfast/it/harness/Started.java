package dev.holdfast.it.harness;

import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A call that may still last.
public final class Started {
  private static final int PATIENCE_SECONDS = 90;

  private final Process process;
  private final Path out;
  private final Path err;
  private final Path verdict;

  Started(Process process, Path out, Path err, Path verdict) {
    this.process = process;
    this.out = out;
    this.err = err;
    this.verdict = verdict;
  }

  /// Of the Holdfast process, unless the call stands behind a command that forks.
  public int pid() {
    return (int) process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public OutputStream input() {
    return process.getOutputStream();
  }

  /// Ends its stdin.
  public Started closeInput() {
    try {
      input().close();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String out() {
    return new String(bytes(out), StandardCharsets.UTF_8);
  }

  public String err() {
    return new String(bytes(err), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits until its stdout has `text`.
  public Started awaitOutput(String text) {
    Waiting.until(
        "stdout has '" + text + "'",
        () -> {
          if (out().contains(text)) {
            return true;
          }
          if (!isAlive()) {
            throw new AssertionError("it has ended before it said '" + text + "': " + await());
          }
          return false;
        });
    return this;
  }

  public Started signal(Signal signal) {
    if (!Processes.kill(pid(), signal)) {
      throw new AssertionError("it has ended before " + signal + ": " + await());
    }
    return this;
  }

  /// The state of its process as in proc(5), `T` when it is stopped.
  public char state() {
    String stat = new String(bytes(Path.of("/proc/" + pid() + "/stat")), StandardCharsets.UTF_8);
    return stat.charAt(stat.lastIndexOf(')') + 2);
  }

  /// Waits for its end.
  public Finished await() {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("it does not end; stdout: " + out() + ", stderr: " + err());
      }
      return new Finished(process.exitValue(), out, err(), verdict);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  void end() {
    process.destroyForcibly();
  }
}

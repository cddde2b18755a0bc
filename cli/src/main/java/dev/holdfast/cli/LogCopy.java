package dev.holdfast.cli;

import dev.holdfast.api.HoldfastClient;
import dev.holdfast.api.HoldfastException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Optional;
import java.util.OptionalLong;

/// Copies one of a run's logs to one of our streams, byte for byte, in a thread of its own.
final class LogCopy {
  private static final int BUFFER_SIZE = 16 << 10;

  private final InputStream log;
  private final PrintStream target;
  private final Thread thread;
  private Optional<HoldfastException> failure = Optional.empty();

  private LogCopy(InputStream log, PrintStream target, String stream) {
    this.log = log;
    this.target = target;
    this.thread = Thread.ofPlatform().daemon().name("log-" + stream).unstarted(this::copy);
  }

  /// @param stream `stdout` or `stderr`
  /// @throws HoldfastException when there is no such log
  static LogCopy start(
      HoldfastClient client,
      String id,
      String stream,
      boolean follow,
      OptionalLong tail,
      Streams streams) {
    PrintStream target = stream.equals("stdout") ? streams.out() : streams.err();
    LogCopy copy = new LogCopy(client.logs(id, stream, follow, tail), target, stream);
    copy.thread.start();
    return copy;
  }

  private void copy() {
    byte[] buffer = new byte[BUFFER_SIZE];
    try (log) {
      int count = log.read(buffer);
      // checkError flushes; whoever read our output may have gone.
      while (count >= 0 && !target.checkError()) {
        target.write(buffer, 0, count);
        target.flush();
        count = log.read(buffer);
      }
    } catch (IOException e) {
      // it was cut off, by an agent that went away while nobody followed
    } catch (HoldfastException e) {
      failure = Optional.of(e);
    }
  }

  /// Returns when all is copied.
  ///
  /// @throws HoldfastException when the agent went away for good
  void join() throws InterruptedException {
    thread.join();
    if (failure.isPresent()) {
      throw failure.get();
    }
  }
}

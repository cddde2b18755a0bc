package dev.holdfast.agent.logs;

import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.UntrustedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/// What a run has written, over all its files as one stream. While it is followed it goes on until
/// the run has ended and everything is read; a read that finds nothing new for about a second
/// returns 0. For one thread, but for [#close].
public final class LogStream extends InputStream {
  // There is no event for "a file has grown" that would not cost a watch for each reader.
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int POLLS_A_READ = 10;

  private final LogChain chain;
  private final BooleanSupplier live;
  private final boolean follow;
  private final long size;
  private Optional<UntrustedFile> current = Optional.empty();
  private long position;
  private long delivered;
  private volatile boolean closed;

  /// @param newest the file being written
  /// @param files how many there are at most
  /// @param follow whether to go on after what is there now
  /// @param tail how many lines from the end; all when absent
  /// @param live whether the run may still write
  public static LogStream open(
      Path newest, int files, boolean follow, OptionalLong tail, BooleanSupplier live)
      throws IOException {
    try {
      return new LogStream(new LogChain(newest, files), follow, tail, live);
    } catch (LinuxException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private LogStream(LogChain chain, boolean follow, OptionalLong tail, BooleanSupplier live) {
    this.chain = chain;
    this.follow = follow;
    this.live = live;
    List<UntrustedFile> files = chain.open();
    if (files.isEmpty()) {
      size = 0;
      return;
    }
    Tail start = tail.isPresent() ? Tail.find(files, tail.getAsLong()) : new Tail(0, 0);
    long sum = -start.offset();
    for (int i = 0; i < files.size(); i++) {
      if (i >= start.file()) {
        sum += files.get(i).size();
      }
      if (i != start.file()) {
        files.get(i).close();
      }
    }
    size = sum;
    position = start.offset();
    current = Optional.of(files.get(start.file()));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    while (true) {
      int count = read(one, 0, 1);
      if (count != 0) {
        return count < 0 ? -1 : one[0] & 0xff;
      }
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    try {
      return follow ? following(bytes, offset, length) : readWhatIsThere(bytes, offset, length);
    } catch (LinuxException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /// No more than there was at the beginning: a run that writes faster than it is read would have
  /// no end.
  private int readWhatIsThere(byte[] bytes, int offset, int length) {
    if (delivered >= size) {
      return -1;
    }
    int count = next(bytes, offset, (int) Math.min(length, size - delivered));
    delivered += count;
    return count == 0 ? -1 : count;
  }

  private int following(byte[] bytes, int offset, int length) throws IOException {
    for (int poll = 0; poll < POLLS_A_READ; poll++) {
      // Asked first: what is written before the end is then read after it.
      boolean mayGrow = live.getAsBoolean();
      int count = next(bytes, offset, length);
      if (count > 0) {
        return count;
      }
      if (!mayGrow || closed) {
        return -1;
      }
      pause();
    }
    return 0;
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /// Bytes that are there, going on to the next file; 0 when there are none.
  private synchronized int next(byte[] bytes, int offset, int length) {
    if (closed) {
      return 0;
    }
    if (current.isEmpty()) {
      current = first();
    }
    while (current.isPresent()) {
      int count = current.get().read(bytes, offset, length, position);
      if (count > 0) {
        position += count;
        return count;
      }
      Optional<UntrustedFile> later = chain.after(current.get().identity());
      if (later.isEmpty()) {
        return 0;
      }
      // It had been written to until it was renamed, maybe after the read above.
      count = current.get().read(bytes, offset, length, position);
      if (count > 0) {
        later.get().close();
        position += count;
        return count;
      }
      current.get().close();
      current = later;
      position = 0;
    }
    return 0;
  }

  private Optional<UntrustedFile> first() {
    List<UntrustedFile> files = chain.open();
    files.stream().skip(1).forEach(UntrustedFile::close);
    return files.isEmpty() ? Optional.empty() : Optional.of(files.getFirst());
  }

  @Override
  public synchronized void close() {
    closed = true;
    current.ifPresent(UntrustedFile::close);
  }
}

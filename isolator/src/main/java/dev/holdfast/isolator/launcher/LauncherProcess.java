package dev.holdfast.isolator.launcher;

import dev.holdfast.linux.Fd;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import dev.holdfast.linux.UnixSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/// One executor-launcher that this process started, or whose door it has come through, and the
/// control socket to it.
///
/// Messages arrive on the kernel-events thread; the other methods are thread-safe. While the socket
/// is open the launcher knows that somebody watches.
public final class LauncherProcess implements AutoCloseable {
  /// The name of a launcher's door in the run's directory.
  public static final String DOOR = "control";

  /// A launcher's descriptor of the file whose lock it shares with its holder.
  public static final int LOCK_DESCRIPTOR = 4;

  private static final int UNKNOWN = 0;
  private static final int SIGNAL_GROUP = 1;
  private static final int QUIT = 2;

  private final int pid;
  private final boolean isChild;
  private final Fd socket;
  private final Listener listener;
  private final KernelEvents.Registration registration;

  /// A command must not meet a descriptor that has been closed, and whose number is another file's.
  private final Object socketLock = new Object();

  private boolean closed;

  // Of the kernel-events thread alone.
  private final byte[] partial = new byte[LauncherMessage.SIZE];
  private int partialLength;

  /// The pid under which the launcher goes on, known once it has started the leader.
  private volatile int movedTo;

  /// Who has set this reaps the process that was started here: its pid may be another's after that.
  private final AtomicBoolean startedIsReaped = new AtomicBoolean();

  /// Hears of the launcher, on the kernel-events thread.
  public interface Listener {
    void received(LauncherMessage message);

    /// The launcher's end of the socket is closed: it has ended.
    void ended();
  }

  private LauncherProcess(
      int pid, boolean isChild, Fd socket, KernelEvents events, Listener listener) {
    this.pid = pid;
    this.isChild = isChild;
    this.socket = socket;
    this.listener = listener;
    registration =
        events.whenReadable(
            socket,
            new KernelEvents.Handler() {
              @Override
              public boolean ready() {
                return receive();
              }

              @Override
              public void failed(RuntimeException cause) {
                listener.ended(); // deaf to it, we cannot look after the run
              }
            });
  }

  /// Waits for a launcher, which does nothing before it is told to [#launch].
  ///
  /// @throws LinuxException when it cannot be started
  public static LauncherProcess start(
      LauncherSource.Birth birth, KernelEvents events, Listener listener) {
    LauncherSource.Newborn newborn = birth.await();
    try {
      return new LauncherProcess(
          newborn.pid(), newborn.isChild(), newborn.control(), events, listener);
    } catch (LinuxException e) {
      newborn.control().close();
      throw e;
    }
  }

  /// Has it start a run. To be called once, on one that was started here, and before anything else.
  ///
  /// @param record as [LaunchRecord#encode] makes it
  /// @throws LinuxException when it has ended
  public void launch(byte[] record) {
    send(record);
  }

  /// Comes through the door of a launcher that another process has started. It tells again what it
  /// has told that one.
  ///
  /// @param runDirectory where the launcher has its door
  /// @throws LinuxException when there is no launcher any more
  public static LauncherProcess connect(Path runDirectory, KernelEvents events, Listener listener) {
    Fd socket = UnixSocket.connect(runDirectory, DOOR);
    try {
      return new LauncherProcess(UNKNOWN, false, socket, events, listener);
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }

  /// Its pid; 0 for one that was not started here and has not told it yet.
  public int pid() {
    return movedTo != 0 ? movedTo : pid;
  }

  /// Signals the leader's process group. The launcher does it: as the leader's parent it knows that
  /// the pid is not yet another's.
  public void signalGroup(Signal signal) {
    command(SIGNAL_GROUP, signal.number());
  }

  /// Tells the launcher that the run's cgroups are gone, and waits for its end.
  public void quit() {
    command(QUIT, 0);
    if (!isChild) {
      awaitEnd();
    }
    close();
  }

  /// Another process's child cannot be waited for but by the end of its socket: until then it may
  /// still write into the run's directory.
  private void awaitEnd() {
    registration.close();
    try {
      byte[] unheard = new byte[LauncherMessage.SIZE];
      int count;
      do {
        count = socket.read(unheard);
      } while (count > 0);
    } catch (LinuxException reset) {
      return; // it ended without reading all that was sent
    }
  }

  /// Lets go of the launcher and reaps it, if it is a child. If it was not told to quit, it takes
  /// its holder for gone and ends the run itself, so this may take a while.
  @Override
  public void close() {
    registration.close();
    synchronized (socketLock) {
      closed = true;
      socket.close();
    }
    if (!isChild) {
      return;
    }
    if (startedIsReaped.compareAndSet(false, true)) {
      reap(pid);
    }
    if (movedTo != 0 && movedTo != pid) {
      reap(movedTo);
    }
  }

  /// The process that was started here ended when another took its place: it is not to be a zombie
  /// for as long as the run lives.
  private void reapStarted() {
    try {
      if (!Processes.reap(pid)) {
        Thread.ofPlatform().daemon().name("launcher-moved").start(() -> reap(pid));
      }
    } catch (LinuxException reapedElsewhere) {
      return;
    }
  }

  private static void reap(int pid) {
    try {
      Processes.await(pid);
    } catch (LinuxException reapedElsewhere) {
      return; // ECHILD: the host program waits for any child; all we want is that none is left
    }
  }

  private void command(int type, int value) {
    byte[] message = new byte[8];
    ByteBuffer.wrap(message).order(ByteOrder.nativeOrder()).putInt(type).putInt(value);
    synchronized (socketLock) {
      if (closed) {
        return;
      }
      try {
        send(message);
      } catch (LinuxException ended) {
        return; // EPIPE: that it has ended is told by the listener
      }
    }
  }

  private void send(byte[] bytes) {
    socket.writeFully(bytes);
  }

  private boolean receive() {
    try {
      byte[] bytes = new byte[LauncherMessage.SIZE - partialLength];
      int count = socket.read(bytes);
      if (count == 0) {
        listener.ended();
        return false;
      }
      System.arraycopy(bytes, 0, partial, partialLength, count);
      partialLength += count;
    } catch (LinuxException reset) {
      listener.ended(); // ECONNRESET: it ended without reading all that was sent
      return false;
    }
    if (partialLength == LauncherMessage.SIZE) {
      partialLength = 0;
      LauncherMessage.decode(partial).ifPresent(this::pass);
    }
    return true;
  }

  private void pass(LauncherMessage message) {
    if (message.launcher() != 0) {
      movedTo = message.launcher();
      if (isChild && movedTo != pid && startedIsReaped.compareAndSet(false, true)) {
        reapStarted();
      }
    }
    listener.received(message);
  }
}

package dev.holdfast.cgroup;

import dev.holdfast.linux.Inotify;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.LinuxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The one inotify instance of all watches on event files. Thread-safe; actions run on the
/// kernel-events thread. To be closed before the [KernelEvents] that serve it.
final class Modifications implements AutoCloseable {
  private final Inotify inotify = new Inotify();
  private final KernelEvents.Registration registration;

  /// By the kernel's number: one for each file, however often it is watched.
  private final Map<Integer, List<Runnable>> actions = new HashMap<>();

  Modifications(KernelEvents events) {
    try {
      registration = events.whenReadable(inotify.fd(), this::pass);
    } catch (LinuxException e) {
      inotify.close();
      throw e;
    }
  }

  /// @param action equal to no other
  CgroupFs.Watch watch(Path file, Runnable action) {
    int watch = add(file, action);
    return () -> close(watch, action);
  }

  private synchronized int add(Path file, Runnable action) {
    int watch = inotify.watchModifications(file);
    actions.computeIfAbsent(watch, _ -> new ArrayList<>()).add(action);
    return watch;
  }

  /// Not while [#pass] runs it.
  private synchronized void close(int watch, Runnable action) {
    List<Runnable> left = actions.get(watch);
    if (left != null && left.remove(action) && left.isEmpty()) {
      actions.remove(watch);
      inotify.unwatch(watch);
    }
  }

  private synchronized boolean pass() {
    Inotify.Changes changes = inotify.drain();
    for (int watch : changes.all() ? List.copyOf(actions.keySet()) : changes.watches()) {
      List.copyOf(actions.getOrDefault(watch, List.of())).forEach(Runnable::run);
    }
    return true;
  }

  /// Ends all watches.
  @Override
  public void close() {
    // Without our own lock, which #pass takes while it has the registration's.
    registration.close();
    synchronized (this) {
      actions.clear();
      inotify.close();
    }
  }
}

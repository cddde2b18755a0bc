package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CpusetController;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.launcher.LauncherProcess;
import dev.holdfast.isolator.pinning.CpuLedger;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.proc.ProcFs;
import java.util.List;
import java.util.Optional;

/// Takes up a run where the process before this one has left it, with whatever of it is left.
record Adoption(RunId id, ExecutorSpec spec, Cgroup own, Cgroup root) {
  /// Empty when there is no launcher any more. Any other failure is ours, not the run's end.
  static Optional<LauncherProcess> connect(
      RunDirectory directory, KernelEvents events, LauncherProcess.Listener listener) {
    try {
      return Optional.of(LauncherProcess.connect(directory.path(), events, listener));
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.ECONNREFUSED)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  void pin(CpuLedger ledger) {
    Limits given = spec.limits();
    if (given.cpuMode() != CpuMode.PINNED) {
      return;
    }
    try {
      own.cpuset()
          .map(CpusetController::cpus)
          .ifPresent(cpus -> ledger.restore(id, given.cpus().orElseThrow(), cpus));
    } catch (CgroupException.NotFound gone) {
      return; // nothing runs there any more
    }
  }

  /// Of a run that may go on.
  Optional<MemoryWatch> resume(ProcFs proc, Runnable notice) {
    try {
      return MemoryWatch.resume(own, root, proc, spec.oomMode(), notice);
    } catch (CgroupException.NotFound inPart) {
      return Optional.empty(); // the process before this one has removed it, or was about to
    }
  }

  /// Of a run that has ended.
  Optional<MemoryWatch> lookBack(ProcFs proc) {
    return MemoryWatch.afterwards(own, root, proc, spec.oomMode());
  }

  /// What has become of a run whose launcher has gone.
  ///
  /// @param otherwise what that means without a word of its own
  static List<Lifecycle.Event> unseen(RunFiles files, Lifecycle.Event otherwise) {
    if (files.ended().isPresent()) {
      RunFiles.Ended ended = files.ended().get();
      return List.of(
          new Lifecycle.Event.Launched(),
          new Lifecycle.Event.LeaderExited(ended.status(), ended.at()));
    }
    return files.pids().isPresent()
        ? List.of(new Lifecycle.Event.Launched(), new Lifecycle.Event.LauncherGone())
        : List.of(otherwise);
  }
}

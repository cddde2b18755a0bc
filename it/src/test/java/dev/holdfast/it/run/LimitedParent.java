package dev.holdfast.it.run;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.KernelCgroupFs;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.host.CgroupHost;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.KernelVersion;
import dev.holdfast.linux.proc.ProcFs;
import java.util.Optional;

/// A cgroup above Holdfast's own, with a memory limit.
final class LimitedParent implements AutoCloseable {
  private final KernelEvents events = new KernelEvents();
  private final Cgroup cgroup;

  LimitedParent(String path, long memory) {
    CgroupFs fs = new KernelCgroupFs(events);
    Hierarchy hierarchy =
        CgroupHost.hierarchy(
                CgroupHost.detect(ProcFs.system().mounts(), fs, KernelVersion.running()), fs)
            .orElseThrow();
    cgroup = hierarchy.cgroup(CgroupPath.parse(path), hierarchy.controllers());
    cgroup.ensure();
    cgroup.memory().orElseThrow().setLimits(Limit.at(new Bytes(memory)), Optional.empty());
  }

  CgroupPath path() {
    return cgroup.path();
  }

  @Override
  public void close() {
    cgroup.remove();
    events.close();
  }
}

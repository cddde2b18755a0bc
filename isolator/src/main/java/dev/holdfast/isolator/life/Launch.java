package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Freezer;
import dev.holdfast.isolator.Credentials;
import dev.holdfast.isolator.Detached;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.ResourceLimit;
import dev.holdfast.isolator.launcher.LaunchRecord;
import dev.holdfast.linux.Host;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// From a spec and a prepared cgroup to the description that executor-launcher reads. Pure.
final class Launch {
  /// What `execvp(3)` takes when the environment has no PATH.
  private static final String DEFAULT_PATH = "/bin:/usr/bin";

  /// A daemon's own is nobody's wish.
  private static final int USUAL_UMASK = 022;

  private static final long USUAL_OPEN_FILES = 1024;

  private Launch() {}

  /// The description of a run.
  ///
  /// @param oomSwitch empty when the kernel's killer stays on
  /// @param detached empty for a run that ends with this process
  static LaunchRecord describe(
      ExecutorSpec spec,
      Cgroup run,
      CgroupRoot.Lease lease,
      RunDirectory directory,
      Optional<Path> oomSwitch,
      Optional<Detached> detached) {
    LaunchRecord record = new LaunchRecord();
    record.flags(
        LaunchRecord.NO_NEW_PRIVILEGES
            | (detached.isPresent() ? detachedFlags(detached.get()) : attachedFlags(lease)));
    record.runDirectory(directory.path());
    describeEntries(record, run, lease);
    describeProgram(record, spec);
    oomSwitch.ifPresent(record::oomSwitch);
    if (detached.isPresent()) {
      describeUsualLimits(record, spec);
      describeOutput(record, detached.get());
    } else {
      describeEnd(record, run, lease);
      record.stopTimeout(spec.stopTimeout());
    }
    return record;
  }

  /// What is held stays for the next holder.
  private static int attachedFlags(CgroupRoot.Lease lease) {
    return lease.isHeld()
        ? LaunchRecord.END_WITH_HOLDER
        : LaunchRecord.END_WITH_HOLDER | LaunchRecord.REMOVE_ROOT;
  }

  private static int detachedFlags(Detached how) {
    return how.stdin().isPresent() ? LaunchRecord.DOOR | LaunchRecord.STDIN : LaunchRecord.DOOR;
  }

  /// An agent needs thousands of descriptors; a program that closes all that it may have, or uses
  /// select(2), is better off with the usual 1024.
  private static void describeUsualLimits(LaunchRecord record, ExecutorSpec spec) {
    ResourceLimit.Resource files = ResourceLimit.Resource.NOFILE;
    if (spec.resourceLimits().stream().noneMatch(it -> it.resource() == files)) {
      long most = Host.mostOpenFiles();
      record.resourceLimit(files.number(), Math.min(USUAL_OPEN_FILES, most), most);
    }
  }

  private static void describeOutput(LaunchRecord record, Detached how) {
    record.umask(USUAL_UMASK);
    record.log(1, how.logFiles(), how.logBytes(), how.stdout());
    record.log(2, how.logFiles(), how.logBytes(), how.stderr());
  }

  private static void describeEntries(LaunchRecord record, Cgroup run, CgroupRoot.Lease lease) {
    Cgroup.Entry launcher = lease.launchers().entry();
    launcher.tasksFiles().forEach(record::launcherEnters);
    launcher.cloneInto().ifPresent(record::launcherClonesInto);
    Cgroup.Entry leader = run.entry();
    leader.tasksFiles().forEach(record::leaderEnters);
    leader.cloneInto().ifPresent(record::leaderClonesInto);
  }

  private static void describeProgram(LaunchRecord record, ExecutorSpec spec) {
    spec.command().forEach(record::argument);
    candidates(spec).forEach(record::candidate);
    for (Map.Entry<String, String> variable : spec.environment().entrySet()) {
      record.variable(variable.getKey(), variable.getValue());
    }
    spec.workDirectory().ifPresent(record::workDirectory);
    Credentials credentials = spec.credentials();
    record.credentials(credentials.uid(), credentials.gid(), credentials.groups());
    for (ResourceLimit limit : spec.resourceLimits()) {
      record.resourceLimit(limit.resource().number(), limit.soft(), limit.hard());
    }
  }

  /// What the launcher needs to end the run by itself, when its holder has gone.
  private static void describeEnd(LaunchRecord record, Cgroup run, CgroupRoot.Lease lease) {
    run.killFile().ifPresent(record::killFile);
    run.freezer().map(Freezer::file).ifPresent(record::freezer);
    for (Path directory : run.directories()) {
      record.processes(directory.resolve("cgroup.procs"));
      record.removes(directory);
    }
    if (!lease.isHeld()) {
      describeRoot(record, lease);
    }
  }

  /// What goes with its last user.
  private static void describeRoot(LaunchRecord record, CgroupRoot.Lease lease) {
    for (Path directory : lease.root().directories()) {
      record.leavesBy(mount(directory, lease.root().path()).resolve("cgroup.procs"));
    }
    lease.directories().forEach(record::removesRoot);
  }

  private static Path mount(Path directory, CgroupPath path) {
    return directory
        .getRoot()
        .resolve(directory.subpath(0, directory.getNameCount() - path.names().size()));
  }

  /// Where the program may be, as `execvp(3)` looks for it.
  static List<String> candidates(ExecutorSpec spec) {
    String program = spec.command().getFirst();
    if (program.indexOf('/') >= 0) {
      return List.of(program);
    }
    String path = spec.environment().getOrDefault("PATH", DEFAULT_PATH);
    List<String> candidates = new ArrayList<>();
    for (String directory : path.split(":", -1)) {
      candidates.add(directory.isEmpty() ? program : directory + "/" + program);
    }
    return candidates;
  }
}

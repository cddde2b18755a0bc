/// Brings the files that a run needs into its sandbox, before the run starts.
///
/// A program of its own, started by the isolator as any command is: in a cgroup, as the run's user,
/// in the run's sandbox. Knows nothing of runs and cgroups.
@org.jspecify.annotations.NullMarked
module dev.holdfast.fetcher {
  requires java.net.http;
  requires org.apache.commons.compress;
  requires org.apache.commons.net;
  requires static transitive org.jspecify;
}

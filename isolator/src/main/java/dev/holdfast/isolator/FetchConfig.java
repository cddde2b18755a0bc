package dev.holdfast.isolator;

import dev.holdfast.cgroup.Bytes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How files are fetched before a run starts.
///
/// @param hadoopHome below which `bin/hadoop` is; absent for what `HADOOP_HOME` or `PATH` say
/// @param frameworksHome where relative paths begin; absent when they are refused
/// @param stallTimeout how long no byte may come; more than 0
/// @param sizeLimit of all files of a run together, with what is extracted from them
public record FetchConfig(
    Optional<Path> hadoopHome,
    Optional<Path> frameworksHome,
    Duration stallTimeout,
    Bytes sizeLimit) {
  /// Nothing but the limits of [Policy].
  public static final FetchConfig DEFAULT =
      new FetchConfig(
          Optional.empty(), Optional.empty(), Policy.FETCH_STALL_TIMEOUT, Policy.FETCH_SIZE_LIMIT);

  public FetchConfig {
    if (stallTimeout.isZero() || stallTimeout.isNegative()) {
      throw new IllegalArgumentException("the stall timeout must be more than 0");
    }
  }

  /// Where a local file is.
  ///
  /// @throws IsolatorException for a relative path that nothing says the beginning of
  public Path locate(FetchUri uri) {
    Path path = Path.of(uri.path());
    if (path.isAbsolute()) {
      return path;
    }
    return frameworksHome
        .map(home -> home.resolve(path))
        .orElseThrow(() ->
            new IsolatorException(
                "the URI '"
                    + uri.shown()
                    + "' is a relative path, and nothing says where it begins: set"
                    + " HOLDFAST_FRAMEWORKS_HOME, or --frameworks-home of the agent"));
  }
}

package dev.holdfast.agent.config;

import dev.holdfast.agent.resources.NodeResources;
import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.DurationText;
import dev.holdfast.isolator.FetchConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// How an agent is set up.
///
/// @param hierarchy the one that the seed's flag names; absent for all that there are
/// @param subsystems the kernel's names of the controllers that must be there
/// @param cpuMode what a number of CPUs means when a run does not say
/// @param limitSwap a memory limit is a limit on swap, too
/// @param resources absent for what the machine has
/// @param interval between two readings of what runs use
/// @param stopTimeout between the request to end and the kill, when a run does not say
/// @param gcDelay how long ended runs are kept
/// @param fetch how files are fetched before a run starts
/// @param idle settings of Mesos' that set nothing here, as they are written
public record AgentConfig(
    Path workDirectory,
    Path runtimeDirectory,
    Path socket,
    CgroupPath cgroupsRoot,
    Optional<Path> hierarchy,
    Set<String> subsystems,
    CpuMode cpuMode,
    boolean limitSwap,
    Duration destroyTimeout,
    NodeResources.Asked resources,
    boolean overcommit,
    Recover recover,
    boolean strict,
    boolean switchUser,
    Duration interval,
    Duration stopTimeout,
    Duration gcDelay,
    Bytes logSize,
    int logFiles,
    FetchConfig fetch,
    Optional<Listen> http,
    Optional<Path> tokenFile,
    List<String> idle) {
  /// What happens to runs that an earlier agent has left.
  public enum Recover {
    RECONNECT,
    CLEANUP
  }

  /// Where to listen for HTTP.
  public record Listen(String host, int port) {
    static Listen parse(String text) {
      int colon = text.lastIndexOf(':');
      try {
        int port = Integer.parseInt(text.substring(colon + 1));
        String host = text.substring(0, Math.max(colon, 0)).replaceAll("^\\[|]$", "");
        if (!host.isEmpty() && port >= 0 && port <= 65535) {
          requireKnown(host);
          return new Listen(host, port);
        }
      } catch (NumberFormatException e) {
        // said below
      }
      throw new IllegalArgumentException("'" + text + "' is not HOST:PORT: write 127.0.0.1:9464");
    }

    /// Now, not when it is listened on: by then a recovery would have been for nothing.
    private static void requireKnown(String host) {
      try {
        InetAddress _ = InetAddress.getByName(host);
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException("there is no host '" + host + "'", e);
      }
    }
  }

  /// @throws ConfigException in one sentence
  static AgentConfig of(Settings settings) {
    settings.value(Flag.ISOLATION, AgentConfig::isolation);
    Path runtime = settings.value(Flag.RUNTIME_DIR, AgentConfig::directory);
    Subsystems subsystems = Subsystems.of(settings);
    AgentConfig config =
        new AgentConfig(
            settings.value(Flag.WORK_DIR, AgentConfig::directory),
            runtime,
            optional(settings, Flag.SOCKET, AgentConfig::directory)
                .orElse(runtime.resolve("agent.sock")),
            settings.value(Flag.CGROUPS_ROOT, CgroupPath::parse),
            hierarchy(settings),
            subsystems.names(),
            subsystems.cpuMode(),
            settings.isOn(Flag.CGROUPS_LIMIT_SWAP),
            settings.value(Flag.CGROUPS_DESTROY_TIMEOUT, AgentConfig::positive),
            settings.value(Flag.RESOURCES, NodeResources::parse),
            settings.isOn(Flag.OVERCOMMIT),
            settings.value(Flag.RECOVER, AgentConfig::recover),
            settings.isOn(Flag.STRICT),
            settings.isOn(Flag.SWITCH_USER),
            settings.value(Flag.RESOURCE_MONITORING_INTERVAL, AgentConfig::positive),
            settings.value(Flag.EXECUTOR_SHUTDOWN_GRACE_PERIOD, DurationText::parse),
            settings.value(Flag.GC_DELAY, DurationText::parse),
            settings.value(Flag.LOG_SIZE, AgentConfig::logSize),
            settings.value(Flag.LOG_FILES, AgentConfig::logFiles),
            fetch(settings),
            optional(settings, Flag.HTTP, Listen::parse),
            optional(settings, Flag.HTTP_TOKEN_FILE, AgentConfig::directory),
            settings.idle());
    if (config.tokenFile.isPresent() && config.http.isEmpty()) {
      throw new ConfigException("--http-token-file has no use without --http");
    }
    return config;
  }

  private static Optional<Path> hierarchy(Settings settings) {
    return settings.text(Flag.CGROUPS_HIERARCHY).equals("auto")
        ? Optional.empty()
        : Optional.of(settings.value(Flag.CGROUPS_HIERARCHY, AgentConfig::directory));
  }

  private static FetchConfig fetch(Settings settings) {
    return new FetchConfig(
        optional(settings, Flag.HADOOP_HOME, AgentConfig::directory),
        optional(settings, Flag.FRAMEWORKS_HOME, AgentConfig::directory),
        settings.value(Flag.FETCHER_STALL_TIMEOUT, AgentConfig::positive),
        settings.value(Flag.FETCHER_SIZE_LIMIT, Bytes::parse));
  }

  private static <T> Optional<T> optional(
      Settings settings, Flag flag, Function<String, T> parser) {
    return settings.isSet(flag) ? Optional.of(settings.value(flag, parser)) : Optional.empty();
  }

  private static Path directory(String text) {
    Path path = Path.of(text);
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("'" + text + "' is not an absolute path");
    }
    return path.normalize();
  }

  private static Duration positive(String text) {
    Duration duration = DurationText.parse(text);
    if (duration.isZero()) {
      throw new IllegalArgumentException("'" + text + "' is not more than 0");
    }
    return duration;
  }

  private static Bytes logSize(String text) {
    Bytes size = Bytes.parse(text);
    if (size.count() < 4096) {
      throw new IllegalArgumentException("'" + text + "' is too small: at least 4k");
    }
    return size;
  }

  private static int logFiles(String text) {
    try {
      int files = Integer.parseInt(text);
      if (files >= 1 && files <= 1000) {
        return files;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException("'" + text + "' is not a number from 1 to 1000");
  }

  private static String isolation(String text) {
    if (!text.equals("cgroups")) {
      throw new IllegalArgumentException("'" + text + "' is not cgroups: nothing else isolates");
    }
    return text;
  }

  private static Recover recover(String text) {
    return switch (text) {
      case "reconnect" -> Recover.RECONNECT;
      case "cleanup" -> Recover.CLEANUP;
      default -> throw new IllegalArgumentException("'" + text + "' is not reconnect or cleanup");
    };
  }
}

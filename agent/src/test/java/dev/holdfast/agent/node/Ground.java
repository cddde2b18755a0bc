package dev.holdfast.agent.node;

import dev.holdfast.agent.Caller;
import dev.holdfast.agent.Node;
import dev.holdfast.agent.checkpoint.Checkpoint;
import dev.holdfast.agent.metrics.LiveRuns;
import dev.holdfast.agent.metrics.Meters;
import dev.holdfast.agent.metrics.Statistics;
import dev.holdfast.agent.resources.Books;
import dev.holdfast.agent.resources.NodeResources;
import dev.holdfast.api.FetchUri;
import dev.holdfast.api.LaunchRequest;
import dev.holdfast.api.ResourceLimits;
import dev.holdfast.api.Stats;
import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.FetchConfig;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.Users;
import dev.holdfast.linux.Accounts;
import dev.holdfast.linux.proc.ProcFs;
import dev.holdfast.testkit.FakeClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A host with directories, on which agents can be started one after the other.
final class Ground implements AutoCloseable {
  static final Caller ROOT = Caller.peer(0, 0, "root");
  static final Caller ANNA = Caller.peer(1001, 1001, "anna");
  static final Caller BEN = Caller.peer(1002, 1002, "ben");

  /// Sandboxes are given to users, which root alone may do: here all are the one that tests.
  static final Users USERS = new SomeUsers();

  final FakeHost host = new FakeHost();
  final FakeClock clock = new FakeClock();
  final Path work;
  Path runtime;
  Optional<Path> hierarchy = Optional.empty();
  String bootId = "00000000-0000-4000-8000-000000000001";
  Duration gcDelay = Duration.ofDays(7);
  boolean strict = true;
  boolean switchUser = true;
  int orphansDestroyed;
  String cgroupsRoot = "holdfast";
  NodeResources total = new NodeResources(Cpus.ofWhole(4), Bytes.ofMebibytes(4096));
  FakeHost.Agent runs = host.agent();
  private Optional<AgentNode> agent = Optional.empty();

  Ground(Path directory) {
    work = directory.resolve("work");
    runtime = directory.resolve("run");
  }

  /// anna and ben, and nobody else.
  private static final class SomeUsers implements Users {
    private final Map<String, Accounts.User> users =
        Map.of(
            "root", new Accounts.User("root", 0, 0, "/root", "/bin/sh"),
            "anna", new Accounts.User("anna", 1001, 1001, "/home/anna", "/bin/sh"),
            "ben", new Accounts.User("ben", 1002, 1002, "/home/ben", "/bin/sh"));

    @Override
    public Optional<Accounts.User> user(String name) {
      return Optional.ofNullable(users.get(name));
    }

    @Override
    public Optional<Accounts.User> user(int uid) {
      return users.values().stream().filter(user -> user.uid() == uid).findAny();
    }

    @Override
    public Optional<Integer> group(String name) {
      return switch (name) {
        case "staff" -> Optional.of(50);
        case "wheel" -> Optional.of(10);
        default -> Optional.ofNullable(users.get(name)).map(Accounts.User::gid);
      };
    }

    @Override
    public List<Integer> groups(String user, int primary) {
      return user.equals("anna") ? List.of(primary, 50) : List.of(primary);
    }
  }

  NodeSettings settings() {
    return new NodeSettings(
        work,
        runtime,
        hierarchy,
        CgroupPath.parse(cgroupsRoot),
        CpuMode.SHARES,
        false,
        switchUser,
        Duration.ofSeconds(5),
        strict,
        gcDelay,
        FetchConfig.DEFAULT,
        new Checkpoint.Logs(4096, 3),
        "1.0");
  }

  private Meters meters() {
    return new Meters() {
      @Override
      public void orphansDestroyed(int count) {
        orphansDestroyed += count;
      }
    };
  }

  /// Starts an agent; the one before must have gone.
  Node start() throws Exception {
    runs = host.agent();
    AgentNode started =
        AgentNode.open(
            new AgentNode.Ground(
                settings(),
                new AgentNode.Machine("here", "6.1", "v2", bootId),
                runs,
                new Books(total, false),
                NoStatistics::new,
                meters(),
                USERS,
                ProcFs.system(),
                clock,
                Duration.ofSeconds(1)),
            // At once, so that a test sees what is on the disk after each step.
            house -> new Scribe(house, Runnable::run, Duration.ZERO));
    agent = Optional.of(started);
    started.recover();
    return started.node();
  }

  AgentNode agent() {
    return agent.orElseThrow();
  }

  /// The agent is killed with SIGKILL.
  void die() {
    runs.die();
    agent = Optional.empty();
  }

  @Override
  public void close() {
    agent.ifPresent(AgentNode::close);
  }

  static LaunchRequest request(String name, String... command) {
    return request(name, ResourceLimits.NONE, null, command);
  }

  static LaunchRequest request(
      @org.jspecify.annotations.Nullable String name,
      ResourceLimits limits,
      @org.jspecify.annotations.Nullable String user,
      String... command) {
    LaunchRequest.Builder request = LaunchRequest.builder(List.of(command)).limits(limits);
    if (name != null) {
      request.name(name);
    }
    if (user != null) {
      request.user(user);
    }
    return request.build();
  }

  /// With a file to fetch first.
  static LaunchRequest fetching(String name, String uri) {
    return LaunchRequest.builder(List.of("x"))
        .name(name)
        .uri(new FetchUri(uri, null, null, null))
        .build();
  }

  static ResourceLimits memory(long mebibytes) {
    return ResourceLimits.builder().memoryBytes(mebibytes << 20).build();
  }

  /// Measures nothing.
  record NoStatistics(LiveRuns runs) implements Statistics {
    @Override
    public Optional<Stats> latest(RunId id) {
      return Optional.empty();
    }

    @Override
    public List<Stats> history(RunId id) {
      return List.of();
    }

    @Override
    public String metrics() {
      return "";
    }

    @Override
    public String monitorStatistics() {
      return "[]";
    }

    @Override
    public String monitorUsage() {
      return "[]";
    }

    @Override
    public void ended(RunId id, Outcome outcome) {}
  }
}

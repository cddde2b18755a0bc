package dev.holdfast.agent;

import dev.holdfast.agent.checkpoint.Checkpoint;
import dev.holdfast.agent.checkpoint.Trees;
import dev.holdfast.agent.config.AgentConfig;
import dev.holdfast.agent.config.AgentOptions;
import dev.holdfast.agent.config.ConfigException;
import dev.holdfast.agent.http.HttpConfig;
import dev.holdfast.agent.http.HttpLimits;
import dev.holdfast.agent.http.HttpServer;
import dev.holdfast.agent.logging.LogLine;
import dev.holdfast.agent.logging.Logging;
import dev.holdfast.agent.metrics.AgentMetrics;
import dev.holdfast.agent.metrics.LiveRuns;
import dev.holdfast.agent.metrics.Sampler;
import dev.holdfast.agent.node.AgentNode;
import dev.holdfast.agent.node.NodeSettings;
import dev.holdfast.agent.node.RecoveryException;
import dev.holdfast.agent.node.Runs;
import dev.holdfast.agent.resources.Books;
import dev.holdfast.agent.resources.NodeResources;
import dev.holdfast.cgroup.Bytes;
import dev.holdfast.isolator.HostDemands;
import dev.holdfast.isolator.Isolator;
import dev.holdfast.isolator.IsolatorConfig;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Users;
import dev.holdfast.linux.Host;
import dev.holdfast.linux.KernelVersion;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.proc.ProcFs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `holdfast agent`: reads the configuration, puts the parts together, recovers, serves, and ends
/// at SIGTERM or SIGINT with every run going on.
public final class Main {
  /// For ten thousand runs.
  private static final long DESCRIPTORS = 1 << 18;

  private static final Logger log = LoggerFactory.getLogger(Main.class);
  private static final int FAILED = 1;

  private final AgentConfig config;
  private final ServiceManager manager;

  /// What is open, the last first.
  private final Deque<AutoCloseable> open = new ConcurrentLinkedDeque<>();

  private Optional<Sampler> sampler = Optional.empty();
  private long openFiles;

  private Main(AgentConfig config, ServiceManager manager) {
    this.config = config;
    this.manager = manager;
  }

  public static void main(String[] words) {
    int status = call(words, System.getenv());
    System.out.flush();
    Runtime.getRuntime().halt(status);
  }

  /// Lives as an agent until this thread is interrupted, or the process ends; returns the exit
  /// code.
  static int call(String[] words, Map<String, String> environment) {
    Thread.ofPlatform().daemon().name("head-start").start(Main::warmUp);
    boolean debug = environment.containsKey("HOLDFAST_DEBUG");
    Logging.start(debug);
    try {
      Optional<AgentConfig> config = AgentOptions.read(words, environment);
      if (config.isPresent()) {
        new Main(config.get(), ServiceManager.of(environment)).liveAndClose();
      } else {
        AgentOptions.printHelp(System.out);
      }
      return 0;
    } catch (ConfigException | IsolatorException | RecoveryException e) {
      complain(e, debug, String.valueOf(e.getMessage()));
    } catch (FileSystemException e) {
      complain(e, debug, e.getFile() + ": " + Optional.ofNullable(e.getReason()).orElse("" + e));
    } catch (IOException | LinuxException e) {
      complain(e, debug, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      complain(e, debug, "interrupted");
    } catch (RuntimeException | Error e) {
      complain(e, debug, "this is a defect of holdfast, please report it: " + e);
    }
    return FAILED;
  }

  /// What is needed sooner or later, and is loaded meanwhile where there is a second processor.
  private static void warmUp() {
    Host.warmUp();
    HttpServer.warmUp();
  }

  private static void complain(Throwable cause, boolean debug, String sentence) {
    System.err.println("holdfast: " + sentence);
    if (debug) {
      cause.printStackTrace(System.err);
    }
  }

  private void liveAndClose() throws IOException, InterruptedException {
    try {
      live();
    } finally {
      closeAll();
    }
  }

  private void live() throws IOException, InterruptedException {
    Isolator.requireRoot();
    // As a service manager would: a run takes two descriptors, and up to fifteen to be measured.
    openFiles = Host.allowOpenFiles(DESCRIPTORS);
    Trees.open(config.runtimeDirectory());
    Trees.open(config.workDirectory());
    open.push(DirectoryLock.take(config.runtimeDirectory(), config.cgroupsRoot()));
    open.push(DirectoryLock.take(config.workDirectory(), config.cgroupsRoot()));
    if (!config.idle().isEmpty()) {
      log.warn(
          "{}",
          LogLine.of("settings of Mesos' that mean nothing here, ignoring")
              .with("settings", String.join(", ", config.idle())));
    }
    manager.status("recovering");
    AgentNode agent = recovered();
    if (config.recover() == AgentConfig.Recover.CLEANUP) {
      agent.endAll();
      return;
    }
    // First: who finds the socket may ask it to end.
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(this::stop));
    open.push(HttpServer.start(http(), agent.node()));
    sampler.ifPresent(Sampler::start);
    agent.start();
    log.info(
        "{}",
        LogLine.of("ready")
            .with("agent", agent.agent())
            .with("socket", config.socket())
            .with("open_files", openFiles));
    manager.ready("ready");
    // What was read of a week's runs is garbage by now, and never again is there as much.
    System.gc();
    new CountDownLatch(1).await();
  }

  private AgentNode recovered() throws IOException, InterruptedException {
    ProcFs proc = ProcFs.system();
    NodeResources total =
        config.resources().on(Host.onlineCpus(), new Bytes(proc.memInfo().total()));
    IsolatorConfig isolation =
        IsolatorConfig.defaults()
            .withRoot(config.cgroupsRoot())
            .withRuntimeDirectory(config.runtimeDirectory())
            .withDestroyTimeout(config.destroyTimeout())
            .withFetch(config.fetch())
            .withDemands(
                new HostDemands(
                    config.hierarchy(),
                    config.subsystems(),
                    config.cpuMode(),
                    Optional.of(total.cpus())));
    Isolator isolator = Isolator.open(isolation);
    open.push(isolator);
    Runs runs = Runs.of(isolator);
    open.push(runs);
    AgentMetrics metrics =
        new AgentMetrics(version(), config.runtimeDirectory().resolve("counters.json"));
    open.push(metrics);
    AgentNode agent =
        AgentNode.open(
            new AgentNode.Ground(
                settings(),
                new AgentNode.Machine(
                    hostname(),
                    KernelVersion.running().toString(),
                    isolator.layout(),
                    proc.bootId()),
                runs,
                new Books(total, config.overcommit()),
                live -> sampler(live, metrics),
                metrics,
                new RememberedUsers(Users.SYSTEM, InstantSource.system()),
                proc,
                InstantSource.system(),
                config.interval()));
    open.push(agent);
    agent.recover();
    return agent;
  }

  private Sampler sampler(LiveRuns runs, AgentMetrics metrics) {
    Sampler made = new Sampler(runs, config.interval(), openFiles, metrics);
    sampler = Optional.of(made);
    open.push(made);
    return made;
  }

  private HttpConfig http() {
    return new HttpConfig(
        Optional.of(config.socket()),
        manager.passedSocket(),
        HttpConfig.GROUP,
        config.http().map(listen -> new InetSocketAddress(listen.host(), listen.port())),
        config.tokenFile(),
        HttpLimits.STANDARD);
  }

  private NodeSettings settings() {
    return new NodeSettings(
        config.workDirectory(),
        config.runtimeDirectory(),
        config.hierarchy(),
        config.cgroupsRoot(),
        config.cpuMode(),
        config.limitSwap(),
        config.switchUser(),
        config.stopTimeout(),
        config.strict(),
        config.gcDelay(),
        config.fetch(),
        new Checkpoint.Logs(config.logSize().count(), config.logFiles()),
        version());
  }

  private static String hostname() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
  }

  private static String version() {
    Properties properties = new Properties();
    try (var stream = Main.class.getResourceAsStream("version.properties")) {
      if (stream != null) {
        properties.load(stream);
      }
    } catch (IOException e) {
      log.debug("no version", e);
    }
    return properties.getProperty("version", "(unknown)");
  }

  /// At SIGTERM and SIGINT: nothing is told to the runs.
  private void stop() {
    manager.stopping();
    Logging.last(LogLine.of("stopping; runs go on"));
    closeAll();
    // Being ended by a signal is how an agent ends well.
    Runtime.getRuntime().halt(0);
  }

  private void closeAll() {
    while (!open.isEmpty()) {
      AutoCloseable each = open.pop();
      try {
        each.close();
      } catch (Exception e) {
        log.warn("{}", LogLine.of("cannot close, ignoring"), e);
      }
    }
  }
}

package dev.holdfast.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Where one test works: a directory, a runtime directory and a cgroups' root that nobody else
/// uses. Each bears the test's name, `holdfast-test-PID-N`, by which all that a test has left is
/// found, after the test and, should its JVM have been killed, by the next one's.
///
/// A test that leaves a process, a cgroup or a run's directory fails.
public final class Ground implements BeforeEachCallback, AfterEachCallback {
  private static final AtomicInteger NUMBERS = new AtomicInteger(1000);

  private final String name =
      "holdfast-test-" + ProcessHandle.current().pid() + "-" + NUMBERS.incrementAndGet();
  private final Path directory = Path.of(System.getProperty("java.io.tmpdir"), name);
  private final List<Started> started = new ArrayList<>();

  @Override
  public void beforeEach(ExtensionContext context) {
    Leftovers.sweepOnce();
    Holdfast.buildOnce();
    try {
      Files.createDirectories(work());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    List<String> left = left();
    started.forEach(Started::end);
    Leftovers.remove(name, directory);
    assertThat(left).as("left behind").isEmpty();
  }

  private List<String> left() throws IOException {
    List<String> left = new ArrayList<>(Leftovers.processes(name));
    Leftovers.cgroups(name).forEach(cgroup -> left.add(cgroup.toString()));
    Path runs = runtime().resolve("runs");
    if (Files.exists(runs)) {
      list(runs).forEach(run -> left.add(run.toString()));
    }
    return left;
  }

  /// A call of `./holdfast`.
  public Holdfast holdfast(String... words) {
    return new Holdfast(this, List.of(words));
  }

  /// A call of `./holdfast run`.
  public Holdfast run(String... words) {
    List<String> all = new ArrayList<>(List.of("run"));
    all.addAll(List.of(words));
    return new Holdfast(this, all);
  }

  void add(Started call) {
    started.add(call);
  }

  /// The name that is in all that belongs to the test, and is that of its cgroups' root.
  public String name() {
    return name;
  }

  /// For what the harness itself writes.
  Path directory() {
    return directory;
  }

  /// Where the calls work.
  public Path work() {
    return directory.resolve("work");
  }

  /// HOLDFAST_RUNTIME_DIR. Does not exist before the first run.
  public Path runtime() {
    return directory.resolve("run");
  }

  /// A file in the working directory; need not exist.
  public Path file(String fileName) {
    return work().resolve(fileName);
  }

  /// Writes a file in the working directory.
  public Path write(String fileName, String text) {
    try {
      return Files.writeString(file(fileName), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes an executable file in the working directory.
  public Path program(String fileName, String text) {
    return permit(write(fileName, text), "rwxr-xr-x");
  }

  /// Sets the permissions of `path`, as `rwxr-xr-x`.
  public static Path permit(Path path, String permissions) {
    try {
      return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The directory of the one run that there is one of.
  public Path onlyRunDirectory() throws IOException {
    List<Path> runs = list(runtime().resolve("runs"));
    assertThat(runs).hasSize(1);
    return runs.getFirst();
  }

  /// Reads what a launcher without a holder has written for whoever comes after, and removes it, as
  /// he would.
  public List<String> takeStatus() throws IOException {
    List<String> status = Files.readAllLines(onlyRunDirectory().resolve("status"));
    assertThat(status).anyMatch(it -> it.startsWith("ended_realtime_ns 1"));
    forgetRuns();
    return status;
  }

  /// Removes the directories of runs that lost their holders.
  public void forgetRuns() throws IOException {
    for (Path run : list(runtime().resolve("runs"))) {
      for (Path file : list(run)) {
        Files.delete(file);
      }
      Files.delete(run);
    }
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  /// The control file of the one run that lives now.
  public Path control(String file) {
    return control("", file);
  }

  /// The control file of the run that was named so.
  ///
  /// @throws AssertionError when there is none
  public Path control(String runName, String file) {
    String part = runName.isEmpty() ? "" : "." + runName + ".";
    for (Path cgroup : runCgroups()) {
      if (cgroup.getFileName().toString().contains(part) && Files.exists(cgroup.resolve(file))) {
        return cgroup.resolve(file);
      }
    }
    throw new AssertionError("no run '" + runName + "' with a " + file + " in " + runCgroups());
  }

  /// The directories of the cgroups of the runs that live now.
  public List<Path> runCgroups() {
    return Leftovers.cgroups(name).stream()
        .filter(it -> it.getFileName().toString().matches(".*\\.[0-9a-f]{8}-[0-9a-f-]{27}"))
        .toList();
  }

  /// All directories of cgroups below the test's root.
  public List<Path> cgroups() {
    return Leftovers.cgroups(name);
  }

  /// Living processes of the test, with their command lines.
  public List<String> processes() {
    return Leftovers.processes(name);
  }
}

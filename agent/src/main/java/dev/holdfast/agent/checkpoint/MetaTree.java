package dev.holdfast.agent.checkpoint;

import com.google.gson.JsonObject;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.RunName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// What must survive the host: the seed's checkpoint tree, with JSON for its info files.
///
/// ```
/// <work-dir>/meta/boot_id
/// <work-dir>/meta/slaves/latest -> <agent>
/// <work-dir>/meta/slaves/<agent>/slave.info
///                               /frameworks/<framework>/framework.info
///                                 /executors/<executor>/executor.info
///                                   /runs/latest -> <uuid>
///                                   /runs/<uuid>/spec.json, pids/forked.pid
///                                                outcome.json, executor.sentinel: it is completed
/// ```
///
/// Thread-safe as long as each run is written by one thread at a time.
public final class MetaTree {
  private static final String DESCRIPTION = "slave.info";
  private static final String SPEC = "spec.json";
  private static final String OUTCOME = "outcome.json";
  private static final String SENTINEL = "executor.sentinel";
  private static final String LATEST = "latest";

  private final Path meta;
  private final String agent;

  private MetaTree(Path meta, String agent) {
    this.meta = meta;
    this.agent = agent;
  }

  /// Opens the tree of this node's agent, or begins a new one.
  public static MetaTree open(Path workDirectory) throws IOException {
    Path meta = workDirectory.resolve("meta");
    Path slaves = meta.resolve("slaves");
    Files.createDirectories(slaves);
    // It holds environments.
    Files.setPosixFilePermissions(meta, PosixFilePermissions.fromString("rwx------"));
    Path latest = slaves.resolve(LATEST);
    Optional<String> known = agent(latest);
    String agent = known.isPresent() ? known.get() : RunId.random().toString();
    Files.createDirectories(slaves.resolve(agent).resolve("frameworks"));
    if (known.isEmpty()) {
      AtomicFile.link(latest, Path.of(agent));
    }
    return new MetaTree(meta, agent);
  }

  private static Optional<String> agent(Path latest) {
    try {
      return Names.run(Files.readSymbolicLink(latest)).map(RunId::toString);
    } catch (IOException none) {
      return Optional.empty();
    }
  }

  public String agent() {
    return agent;
  }

  /// The agent's own document.
  public void describe(JsonObject slave) throws IOException {
    AtomicFile.write(home().resolve(DESCRIPTION), slave.toString());
  }

  /// Where the agent before this one kept its runs, as far as its document tells.
  public Optional<Place> place() throws IOException {
    return AtomicFile.read(home().resolve(DESCRIPTION))
        .flatMap(text -> Fields.parse(text, Place::parse))
        .flatMap(place -> place);
  }

  /// Has the next agent begin anew.
  public void forget() throws IOException {
    Files.deleteIfExists(meta.resolve("slaves").resolve(LATEST));
  }

  public Optional<String> bootId() throws IOException {
    return AtomicFile.read(meta.resolve("boot_id")).map(String::strip);
  }

  public void saveBootId(String bootId) throws IOException {
    AtomicFile.writeDurably(meta.resolve("boot_id"), bootId + "\n");
  }

  /// Up to which number events may have been told; 0 at first.
  public long eventsReserved() throws IOException {
    return AtomicFile.read(meta.resolve("events"))
        .flatMap(text -> parseLong(text.strip()))
        .orElse(0L);
  }

  public void reserveEvents(long last) throws IOException {
    AtomicFile.write(meta.resolve("events"), last + "\n");
  }

  private static Optional<Long> parseLong(String text) {
    try {
      return Optional.of(Long.valueOf(text));
    } catch (NumberFormatException torn) {
      return Optional.empty();
    }
  }

  /// Whether [#begin] has been here.
  public boolean has(Checkpoint checkpoint) {
    return Files.exists(run(checkpoint.executor(), checkpoint.id()).resolve(SPEC));
  }

  /// Writes down that there is a run.
  public void begin(Checkpoint checkpoint) throws IOException {
    Path run = run(checkpoint.executor(), checkpoint.id());
    Files.createDirectories(run.resolve("pids"));
    AtomicFile.write(run.resolve(SPEC), checkpoint.format());
    Path executor = executor(checkpoint.executor());
    describe(
        executor.resolve("executor.info"),
        json -> {
          json.addProperty("executor_id", checkpoint.executor().name());
          json.addProperty("framework_id", checkpoint.executor().framework());
          json.add("command", Fields.array(checkpoint.spec().command()));
          json.addProperty("user", checkpoint.user());
        });
    describe(
        framework(checkpoint.executor()).resolve("framework.info"),
        json -> json.addProperty("framework_id", checkpoint.executor().framework()));
    AtomicFile.link(run.resolveSibling(LATEST), Path.of(checkpoint.id().toString()));
  }

  private static void describe(Path file, Consumer<JsonObject> content) throws IOException {
    JsonObject json = new JsonObject();
    content.accept(json);
    writeIfOther(file, json.toString());
  }

  /// A file that takes another's place costs more than a look: ext4 passes over each inode that was
  /// freed in the last minutes when it looks for a free one.
  private static void writeIfOther(Path file, String text) throws IOException {
    if (!AtomicFile.read(file).equals(Optional.of(text))) {
      AtomicFile.write(file, text);
    }
  }

  /// Writes down what is asked for from now on.
  public void update(Checkpoint checkpoint) throws IOException {
    AtomicFile.write(
        run(checkpoint.executor(), checkpoint.id()).resolve(SPEC), checkpoint.format());
  }

  /// Writes down the leader, for people and for scripts of the seed's time.
  public void leader(Checkpoint checkpoint, int pid) throws IOException {
    Path file = run(checkpoint.executor(), checkpoint.id()).resolve("pids").resolve("forked.pid");
    writeIfOther(file, Integer.toString(pid));
  }

  /// Writes down, to stay, how a run ended.
  ///
  /// @param outcome a JSON object
  public void end(Checkpoint checkpoint, String outcome) throws IOException {
    Path run = run(checkpoint.executor(), checkpoint.id());
    AtomicFile.writeDurably(run.resolve(OUTCOME), outcome);
    AtomicFile.write(run.resolve(SENTINEL), "");
  }

  /// Removes all of a run. Repeatable.
  public void remove(ExecutorId executor, RunId id) throws IOException {
    Path run = run(executor, id);
    Trees.delete(run);
    Path latest = run.resolveSibling(LATEST);
    if (!Files.exists(latest)) {
      Files.deleteIfExists(latest);
    }
    if (!hasEntries(runs(executor))) {
      Path home = executor(executor);
      Files.deleteIfExists(home.resolve("executor.info"));
      Files.deleteIfExists(runs(executor));
      Trees.prune(home, framework(executor));
    }
  }

  private static boolean hasEntries(Path directory) throws IOException {
    return !entries(directory).isEmpty();
  }

  /// What is known of one run.
  ///
  /// @param checkpoint absent when it was never written to its end
  /// @param outcome likewise, and before the end
  /// @param completed whether the sentinel says that it has ended
  public record Found(
      Optional<Checkpoint> checkpoint, Optional<JsonObject> outcome, boolean completed) {
    public static final Found NOTHING = new Found(Optional.empty(), Optional.empty(), false);
  }

  /// The directory of every run.
  public List<Path> runs() throws IOException {
    List<Path> runs = new ArrayList<>();
    for (Path framework : entries(home().resolve("frameworks"))) {
      for (Path executor : entries(framework.resolve("executors"))) {
        for (Path run : entries(executor.resolve("runs"))) {
          if (Names.run(run).isPresent()) {
            runs.add(run);
          }
        }
      }
    }
    return runs;
  }

  /// Whose directory it is.
  public static RunId id(Path run) {
    return Names.run(run).orElseThrow();
  }

  public Found read(Path run, Copies copies) throws IOException {
    return new Found(
        AtomicFile.read(run.resolve(SPEC)).flatMap(copies::parse),
        AtomicFile.read(run.resolve(OUTCOME)).flatMap(text -> Fields.parse(text, Fields::json)),
        Files.exists(run.resolve(SENTINEL)));
  }

  /// Empty when there is no such directory.
  private static List<Path> entries(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(found::add);
    } catch (NoSuchFileException | NotDirectoryException none) {
      return List.of();
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  private Path home() {
    return meta.resolve("slaves").resolve(agent);
  }

  private Path framework(ExecutorId id) {
    return home().resolve("frameworks").resolve(RunName.escape(id.framework()));
  }

  private Path executor(ExecutorId id) {
    return framework(id).resolve("executors").resolve(RunName.escape(id.name()));
  }

  private Path runs(ExecutorId executor) {
    return executor(executor).resolve("runs");
  }

  private Path run(ExecutorId executor, RunId id) {
    return runs(executor).resolve(id.toString());
  }
}

package dev.holdfast.testkit;

import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.linux.Errno;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Another [CgroupFs] that refuses chosen operations instead of doing them, tells another text than
/// the file's, and keeps a list of all. Thread-safe.
public final class FaultyCgroupFs implements CgroupFs {
  private final CgroupFs real;
  private final List<Operation> operations = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private final List<Tale> tales = new ArrayList<>();
  private int failures;

  public enum Verb {
    READ("read"),
    WRITE("write"),
    MAKE("mkdir"),
    REMOVE("rmdir"),
    LIST("list"),
    WATCH("watch");

    private final String word;

    Verb(String word) {
      this.word = word;
    }
  }

  /// What was asked for, successful or not.
  ///
  /// @param number counted from 1
  /// @param value what was to be written; empty for all but a write
  public record Operation(int number, Verb verb, Path path, String value) {
    private String action() {
      return verb == Verb.WRITE ? "write '" + value + "' to" : verb.word;
    }

    @Override
    public String toString() {
      return number + ": " + action() + " " + path;
    }
  }

  private record Fault(Predicate<Operation> which, Errno errno, boolean once) {}

  private record Tale(Predicate<Path> which, String text) {}

  public FaultyCgroupFs(CgroupFs real) {
    this.real = real;
  }

  /// Lets the operation with this number fail.
  public void failAt(int number, Errno errno) {
    failWhen(operation -> operation.number() == number, errno);
  }

  /// Lets every operation that matches fail, until [#heal].
  public synchronized void failWhen(Predicate<Operation> which, Errno errno) {
    faults.add(new Fault(which, errno, false));
  }

  /// Lets the next operation that matches fail.
  public synchronized void failOnce(Predicate<Operation> which, Errno errno) {
    faults.add(new Fault(which, errno, true));
  }

  /// Lets every read of a file that matches tell this text, until [#heal].
  public synchronized void tellWhen(Predicate<Path> which, String text) {
    tales.add(new Tale(which, text));
  }

  /// From now on all operations are done.
  public synchronized void heal() {
    faults.clear();
    tales.clear();
  }

  /// All so far, in order.
  public synchronized List<Operation> operations() {
    return List.copyOf(operations);
  }

  /// How many of them failed here.
  public synchronized int failures() {
    return failures;
  }

  private synchronized void pass(Verb verb, Path path, String value) {
    Operation operation = new Operation(operations.size() + 1, verb, path, value);
    operations.add(operation);
    Optional<Fault> fault = faults.stream().filter(it -> it.which().test(operation)).findFirst();
    if (fault.isPresent()) {
      failures++;
      if (fault.get().once()) {
        faults.remove(fault.get());
      }
      throw CgroupException.of(operation.action(), path, fault.get().errno());
    }
  }

  private synchronized Optional<String> tale(Path file) {
    return tales.stream().filter(it -> it.which().test(file)).map(Tale::text).findFirst();
  }

  @Override
  public String read(Path file) {
    pass(Verb.READ, file, "");
    return tale(file).orElseGet(() -> real.read(file));
  }

  @Override
  public void write(Path file, String value) {
    pass(Verb.WRITE, file, value);
    real.write(file, value);
  }

  @Override
  public void makeDirectory(Path directory) {
    pass(Verb.MAKE, directory, "");
    real.makeDirectory(directory);
  }

  @Override
  public void removeDirectory(Path directory) {
    pass(Verb.REMOVE, directory, "");
    real.removeDirectory(directory);
  }

  @Override
  public List<String> children(Path directory) {
    pass(Verb.LIST, directory, "");
    return real.children(directory);
  }

  /// Cannot fail, and is not counted.
  @Override
  public boolean exists(Path file) {
    return real.exists(file);
  }

  @Override
  public Watch onModification(Path file, Runnable action) {
    pass(Verb.WATCH, file, "");
    return real.onModification(file, action);
  }

  @Override
  public Watch onEvent(Path control, Path eventControl, Runnable action) {
    pass(Verb.WATCH, control, "");
    return real.onEvent(control, eventControl, action);
  }
}

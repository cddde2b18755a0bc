package dev.holdfast.testkit.fake;

import dev.holdfast.linux.Errno;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/// The fake kernel: trees of cgroups, and processes with a place in each tree.
///
/// Everything mutable is reached through [#call], one caller at a time. After each call what
/// follows by itself is drawn, until nothing moves: processes die, events are announced.
public final class Kernel {
  private final Machine machine;
  private final Watchers watchers = new Watchers();
  private final List<Tree> trees = new ArrayList<>();
  private final Map<Integer, FakeProcess> processes = new TreeMap<>();
  private final List<BiConsumer<Integer, Boolean>> mourners = new ArrayList<>();
  private Optional<Integer> current = Optional.empty();

  public Kernel(Machine machine) {
    this.machine = machine;
  }

  public Machine machine() {
    return machine;
  }

  public Watchers watchers() {
    return watchers;
  }

  public List<Tree> trees() {
    return List.copyOf(trees);
  }

  public void mount(Path mount, Tree.Parts parts) {
    trees.add(new Tree(mount, this, parts));
  }

  public <T> T call(Supplier<T> operation) {
    synchronized (this) {
      T answer = operation.get();
      do {
        for (Tree tree : trees) {
          tree.root().subtree().forEach(Node::settle);
        }
      } while (reap());
      return answer;
    }
  }

  public void run(Runnable operation) {
    Object _ =
        call(() -> {
          operation.run();
          return operation;
        });
  }

  private boolean reap() {
    List<FakeProcess> dying = processes.values().stream().filter(FakeProcess::mustDie).toList();
    dying.forEach(process -> bury(process, true));
    return !dying.isEmpty();
  }

  private void bury(FakeProcess process, boolean killed) {
    processes.remove(process.pid());
    process.leaveAll();
    mourners.forEach(mourner -> watchers.deliver(() -> mourner.accept(process.pid(), killed)));
  }

  // Directories and files.

  public Node node(Path directory) {
    return find(directory).orElseThrow(() -> new Refusal(Errno.ENOENT));
  }

  public Optional<Node> find(Path directory) {
    return trees.stream().flatMap(tree -> tree.find(directory).stream()).findFirst();
  }

  public Optional<Control> findControl(Path file) {
    return parent(file).flatMap(node -> node.control(name(file)));
  }

  public Control control(Path file) {
    return findControl(file).orElseThrow(() -> new Refusal(Errno.ENOENT));
  }

  private Optional<Node> parent(Path path) {
    return Optional.ofNullable(path.getParent()).flatMap(this::find);
  }

  private static String name(Path path) {
    return Optional.ofNullable(path.getFileName()).map(Path::toString).orElse("");
  }

  public void makeDirectory(Path directory) {
    if (find(directory).isPresent()) {
      throw new Refusal(Errno.EEXIST);
    }
    Node parent = parent(directory).orElseThrow(() -> new Refusal(Errno.ENOENT));
    parent.tree().make(parent, name(directory));
  }

  public void removeDirectory(Path directory) {
    if (findControl(directory).isPresent()) {
      throw new Refusal(Errno.ENOTDIR);
    }
    Node node = node(directory);
    node.tree().remove(node);
  }

  // Processes.

  public FakeProcess process(int pid) {
    return findProcess(pid).orElseThrow(() -> new Refusal(Errno.ESRCH));
  }

  public Optional<FakeProcess> findProcess(int pid) {
    return Optional.ofNullable(processes.get(pid));
  }

  public List<Integer> pids() {
    return List.copyOf(processes.keySet());
  }

  /// A process that is born in the root of each tree.
  public FakeProcess fork(int pid) {
    if (pid <= 0 || processes.containsKey(pid)) {
      throw new IllegalArgumentException("pid " + pid + " is not free");
    }
    FakeProcess process = new FakeProcess(pid);
    processes.put(pid, process);
    trees.forEach(tree -> process.enter(tree.root()));
    return process;
  }

  /// The write of a pid to `cgroup.procs` or `tasks`.
  public void enter(Node node, String value) {
    long pid = KernelText.signed(value.strip());
    if (pid < 0) {
      throw new Refusal(Errno.EINVAL);
    }
    move(process(pid == 0 ? currentProcess() : (int) Math.min(pid, Integer.MAX_VALUE)), node);
  }

  public void move(FakeProcess process, Node node) {
    if (process.place(node.tree()) != node) {
      node.admit();
      process.enter(node);
    }
  }

  /// The process exits by itself.
  public void end(int pid) {
    bury(process(pid), false);
  }

  public void setStuck(int pid, boolean stuck) {
    process(pid).setStuck(stuck);
  }

  public void onEnd(BiConsumer<Integer, Boolean> mourner) {
    mourners.add(mourner);
  }

  private int currentProcess() {
    return current.orElseThrow(() ->
        new IllegalStateException(
            "'0' is the process that writes it, and none is: see FakeProcesses.as"));
  }

  /// Runs `action` as if this process did it.
  public void as(int pid, Runnable action) {
    synchronized (this) {
      Optional<Integer> before = current;
      current = Optional.of(process(pid).pid());
      try {
        action.run();
      } finally {
        current = before;
      }
    }
  }
}

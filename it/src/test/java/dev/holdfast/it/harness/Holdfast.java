package dev.holdfast.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One call of the `holdfast` script at the project's root, put together and then made. Its stdin
/// is empty unless said otherwise.
public final class Holdfast {
  private static final Path SCRIPT = projectRoot().resolve("holdfast");
  private static final Path NOTHING = Path.of("/dev/null");
  private static boolean built;

  private final Ground ground;
  private final List<String> words;
  private final List<String> wrapper = new ArrayList<>();
  private final Map<String, String> variables = new LinkedHashMap<>();
  private Path directory;
  private ProcessBuilder.Redirect stdin = ProcessBuilder.Redirect.from(NOTHING.toFile());

  Holdfast(Ground ground, List<String> words) {
    this.ground = ground;
    this.words = new ArrayList<>(words);
    directory = ground.work();
    variables.put("HOLDFAST_RUNTIME_DIR", ground.runtime().toString());
    variables.put("HOLDFAST_CGROUPS_ROOT", ground.name());
  }

  /// The root of the checkout that is tested.
  public static Path projectRoot() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("holdfast"))) {
      directory = java.util.Optional.ofNullable(directory.getParent()).orElseThrow();
    }
    return directory;
  }

  /// The script builds on its first call, and says so on stderr: not in a test.
  static synchronized void buildOnce() {
    if (built) {
      return;
    }
    try {
      Process build =
          new ProcessBuilder(SCRIPT.toString(), "version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      if (build.waitFor() != 0) {
        throw new IllegalStateException("./holdfast cannot be built, see above");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    built = true;
  }

  /// Has `command` call it: the script's path and its words follow as further arguments.
  public Holdfast behind(String... command) {
    wrapper.addAll(List.of(command));
    return this;
  }

  /// Has a shell do `before` and then call it.
  public Holdfast after(String before) {
    return behind("sh", "-c", before + "\nexec \"$@\"", "sh");
  }

  /// As [#after], in a mount namespace of its own.
  public Holdfast afterMounting(String before) {
    return behind("unshare", "--mount").after("set -e\n" + before);
  }

  /// A variable of its own environment.
  public Holdfast variable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  /// The directory that it is called in.
  public Holdfast in(Path path) {
    directory = path;
    return this;
  }

  public Holdfast from(Path file) {
    stdin = ProcessBuilder.Redirect.from(file.toFile());
    return this;
  }

  /// Its stdin is [Started#input].
  public Holdfast fromTest() {
    stdin = ProcessBuilder.Redirect.PIPE;
    return this;
  }

  /// Has the run's verdict written, for [Finished#verdict].
  public Holdfast withVerdict() {
    words.addAll(1, List.of("--verdict", verdictFile().toString()));
    return this;
  }

  private Path verdictFile() {
    return ground.directory().resolve("verdict-" + System.identityHashCode(this));
  }

  /// What is executed, as words of a shell.
  public String shellWords() {
    StringBuilder text = new StringBuilder();
    for (String word : command()) {
      text.append('\'').append(word.replace("'", "'\\''")).append("' ");
    }
    return text.toString();
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(wrapper);
    command.add(SCRIPT.toString());
    command.addAll(words);
    return command;
  }

  /// Executes this in its place, with its surroundings: a command that makes calls itself.
  public Started start(String... command) {
    return start(List.of(command));
  }

  /// Calls it and waits for its end.
  public Finished finish() {
    return start().await();
  }

  public Started start() {
    return start(command());
  }

  private Started start(List<String> command) {
    int number = System.identityHashCode(this);
    Path out = ground.directory().resolve("out-" + number);
    Path err = ground.directory().resolve("err-" + number);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectInput(stdin)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    // A JVM says so on stderr when it finds one of these.
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().remove("JDK_JAVA_OPTIONS");
    builder.environment().putAll(variables);
    try {
      Started started = new Started(builder.start(), out, err, verdictFile());
      ground.add(started);
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

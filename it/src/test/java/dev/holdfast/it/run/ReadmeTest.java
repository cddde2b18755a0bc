package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Agent;
import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Holdfast;
import dev.holdfast.testkit.AnyLayout;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The README's Java is compiled and run, by the command that stands below it.
@KernelTest
@AnyLayout
final class ReadmeTest {
  private static final Pattern EXAMPLE =
      Pattern.compile(
          "```java\n(?<code>[^`]*?class (?<name>\\w+)[^`]*)```\n\n```\njava (?<command>.*?)\n```");
  private static final Path PROJECT = Holdfast.projectRoot();
  private static final String DEFAULTS = "IsolatorConfig.defaults()";

  @RegisterExtension final Ground ground = new Ground();

  @Test
  void javaRunsACommandInItsOwnProcess() throws IOException {
    String ownPlaces =
        DEFAULTS
            + ".withRoot(CgroupPath.parse(\"%s\")).withRuntimeDirectory(java.nio.file.Path.of(\"%s\"))"
                .formatted(ground.name(), ground.runtime());

    Finished run = runExample("Example", DEFAULTS, ownPlaces);

    assertThat(run.out()).startsWith("hello\n").contains("exit code 7");
  }

  @Test
  void javaAsksAnAgent() throws IOException {
    Agent agent = Agent.start(ground);

    Finished run = runExample("Client", "", "");

    assertThat(run.out()).isEqualTo("7\n");
    agent.end();
  }

  private Finished runExample(String name, String part, String replacement) throws IOException {
    Matcher example = EXAMPLE.matcher(Files.readString(PROJECT.resolve("README.md")));
    while (example.find()) {
      if (example.group("name").equals(name)) {
        assertThat(example.group("code")).contains(part);
        ground.write(name + ".java", example.group("code").replace(part, replacement));
        return ground.holdfast().start(command(example.group("command"))).await().expect(0);
      }
    }
    throw new AssertionError("the README has no class " + name);
  }

  private static String[] command(String words) {
    List<String> command = new ArrayList<>(List.of(words.split(" ")));
    command.replaceAll(word -> word.startsWith("target/") ? PROJECT.resolve(word) + "" : word);
    command.addFirst(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    return command.toArray(String[]::new);
  }
}

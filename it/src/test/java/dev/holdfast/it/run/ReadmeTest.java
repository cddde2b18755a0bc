package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Holdfast;
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
final class ReadmeTest {
  private static final Pattern EXAMPLE =
      Pattern.compile("```java\n(.*?)```\n\n```\njava (.*?)\n```", Pattern.DOTALL);
  private static final String DEFAULTS = "IsolatorConfig.defaults()";

  @RegisterExtension final Ground ground = new Ground();

  @Test
  void javaExampleRuns() throws IOException {
    Path project = Holdfast.projectRoot();
    Matcher example = EXAMPLE.matcher(Files.readString(project.resolve("README.md")));
    assertThat(example.find()).isTrue();
    assertThat(example.group(1)).contains(DEFAULTS);
    ground.write("Example.java", example.group(1).replace(DEFAULTS, DEFAULTS + withOwnPlaces()));

    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(example.group(2).split(" ")));
    command.replaceAll(word -> word.equals("target/image/lib") ? project.resolve(word) + "" : word);
    Finished run = ground.holdfast().start(command.toArray(String[]::new)).await().expect(0);

    assertThat(run.out()).startsWith("hello\n").contains("exit code 7");
  }

  private String withOwnPlaces() {
    return ".withRoot(CgroupPath.parse(\"%s\")).withRuntimeDirectory(java.nio.file.Path.of(\"%s\"))"
        .formatted(ground.name(), ground.runtime());
  }
}

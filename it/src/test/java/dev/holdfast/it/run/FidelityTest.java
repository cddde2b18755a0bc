package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Holdfast;
import dev.holdfast.testkit.AnyLayout;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A command cannot tell that it is held, and neither can those who wait for it.
@AnyLayout
@KernelTest
final class FidelityTest {
  private static final String CPUS = Runtime.getRuntime().availableProcessors() > 1 ? "1.5" : "0.8";
  private static final List<String> LIMITS =
      List.of("--cpus", CPUS, "--memory", "2g", "-e", "LC_ALL");

  @RegisterExtension final Ground ground = new Ground();

  @Test
  void buildGivesTheSameFilesOutputAndStatus() throws IOException {
    copySources();
    ground.write(
        "Makefile",
        """
        OBJECTS = $(patsubst %.c,%.o,$(wildcard *.c))
        all: $(OBJECTS)
        %.o: %.c
        	$(CC) -std=gnu11 -Os -Wall -ffreestanding -c -o $@ $<
        """);

    assertSame("make", "-B", "-j4", "--output-sync");
  }

  @Test
  void failingBuildFailsTheSame() throws IOException {
    ground.write("broken.c", "int main(void) { return x; }\n");

    assertSame("gcc", "-c", "broken.c");
  }

  @Test
  void compilerOnTheJvmGivesTheSameFiles() throws IOException {
    Path sources = Holdfast.projectRoot().resolve("linux/src/main/java");
    String javac = Path.of(System.getProperty("java.home"), "bin", "javac").toString();
    String annotations =
        Stream.of(System.getProperty("java.class.path").split(":", -1))
            .filter(it -> it.contains("jspecify"))
            .findFirst()
            .orElseThrow();
    String script =
        "%s -d out -p %s $(find %s -name '*.java') && find out -type f | sort"
            .formatted(javac, annotations, sources);

    assertSame("sh", "-c", script);
  }

  private void copySources() throws IOException {
    Path sources = Holdfast.projectRoot().resolve("isolator/src/main/c");
    try (Stream<Path> files = Files.list(sources)) {
      for (Path file : files.filter(it -> it.toString().matches(".*\\.[ch]")).toList()) {
        Files.copy(file, ground.file(file.getFileName().toString()));
      }
    }
  }

  /// Runs the command bare and held, in the same directory.
  private void assertSame(String... command) throws IOException {
    Finished bare = ground.run().variable("LC_ALL", "C").start(command).await();
    Map<String, String> bareFiles = files();

    String[] words = Stream.concat(LIMITS.stream(), Stream.of(command)).toArray(String[]::new);
    Finished held = ground.run(words).variable("LC_ALL", "C").finish();

    assertThat(held.status()).isEqualTo(bare.status());
    // Of what is done at the same time, any may be done first.
    assertThat(held.out().lines().sorted()).containsExactlyElementsOf(sorted(bare.out()));
    assertThat(held.err().lines().sorted()).containsExactlyElementsOf(sorted(bare.err()));
    assertThat(files()).isEqualTo(bareFiles);
  }

  private static List<String> sorted(String text) {
    return text.lines().sorted().toList();
  }

  /// Contents and permissions by name.
  private Map<String, String> files() throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(ground.work())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        found.put(
            ground.work().relativize(file).toString(),
            Files.getPosixFilePermissions(file) + hash(file));
      }
    }
    return found;
  }

  private static String hash(Path file) throws IOException {
    return Files.size(file) + "/" + java.util.Arrays.hashCode(Files.readAllBytes(file));
  }

  @Test
  void tenMegabytesPassUnchanged() throws IOException {
    Path input = tenRandomMegabytes();

    Finished run = ground.run("cat").from(input).finish().expect(0);

    assertThat(run.stdout()).hasSameBinaryContentAs(input);
  }

  @Test
  void pipesPassUnchanged() throws IOException {
    Path input = tenRandomMegabytes();
    String pipeline =
        "cat %s | %s | cmp - %s".formatted(input, ground.run("cat").shellWords(), input);

    ground.run().start("sh", "-c", pipeline).await().expect(0);
  }

  @Test
  void brokenPipeEndsTheCommand() {
    String pipeline =
        "{ %s; echo $? >&2; } | head -n 1"
            .formatted(ground.run("sh", "-c", "yes 2>/dev/null; exit $?").shellWords());

    Finished call = ground.run().start("sh", "-c", pipeline).await().expect(0);

    assertThat(call.out()).isEqualTo("y\n");
    assertThat(call.errLines()).contains("141");
  }

  private Path tenRandomMegabytes() throws IOException {
    byte[] bytes = new byte[10 << 20];
    new Random(1).nextBytes(bytes);
    return Files.write(ground.file("input"), bytes);
  }

  @Test
  void outputAndMessagesStayApart() {
    Finished run = ground.run("sh", "-c", "echo out; echo err >&2").finish().expect(0);

    assertThat(run.out()).isEqualTo("out\n");
    assertThat(run.err()).isEqualTo("err\n");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 2, 63, 64, 77, 100, 123, 124, 125, 126, 127, 128, 129, 137, 143, 200, 254, 255})
  void exitCodeIsTheCommands(int code) {
    Finished run = ground.run("sh", "-c", "exit " + code).finish().expect(code);

    assertThat(run.err()).isEmpty();
  }

  @Test
  void signalIsTheCommands() {
    Finished run = ground.run("sh", "-c", "kill -SEGV $$").withVerdict().finish().expect(139);

    assertThat(run.errLines().getFirst()).contains("default/sh was ended by SIGSEGV");
    assertThat(run.verdict().text("verdict")).isEqualTo("signaled");
    assertThat(run.verdict().text("signal")).isEqualTo("SIGSEGV");
    assertThat(run.verdict().is("core_dumped")).isFalse();
  }

  @Test
  void coreDumpIsTold() {
    Finished run =
        ground
            .run("--ulimit", "core=unlimited", "sh", "-c", "kill -ABRT $$")
            .withVerdict()
            .finish()
            .expect(134);

    assertThat(run.verdict().is("core_dumped")).isTrue();
    assertThat(run.err()).contains("SIGABRT (core dumped)");
  }

  @Test
  void wordsArriveAsTheyAre() {
    String[] words = {"--name", "a b", "", "line\nbreak", "grüße", "$HOME", "'", "--", "-", "\\"};
    Finished run = ground.run(words("printf", "<%s>", words)).finish().expect(0);

    assertThat(run.out()).isEqualTo("<" + String.join("><", words) + ">");
  }

  @Test
  void wordsArriveWhateverTheLocale() {
    String bytes = "gr\\303\\274\\337e"; // one ü in UTF-8 and one ß in Latin-1
    for (String locale : List.of("C", "POSIX", "C.UTF-8", "de_DE.ISO-8859-1")) {
      Finished run =
          ground
              .run("-e", "LC_ALL", "printf", "%s")
              .variable("LC_ALL", locale)
              .after("set -- \"$@\" \"$(printf '" + bytes + "')\"")
              .finish()
              .expect(0);

      assertThat(run.bytes()).as(locale).containsExactly('g', 'r', 0xc3, 0xbc, 0xdf, 'e');
    }
  }

  private static String[] words(String program, String format, String... words) {
    return Stream.concat(Stream.of(program, format), Stream.of(words)).toArray(String[]::new);
  }

  @ParameterizedTest
  @ValueSource(strings = {"<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"})
  void closedDescriptorIsNobodyElsesFile(String closed) throws IOException {
    String script = "for fd in 0 1 2; do readlink /proc/$$/fd/$fd; done >files; exit 7";
    ground.run("sh", "-c", script).after("exec " + closed).finish().expect(7);

    assertThat(ground.file("files"))
        .content()
        .doesNotContain(System.getProperty("java.home"))
        .doesNotContain(Holdfast.projectRoot().toString())
        .doesNotContain("cgroup");
  }
}

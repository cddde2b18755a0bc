package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Holdfast;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `docs/seed.md` says where everything is and which test shows it: all of that is there.
final class SeedDocumentTest {
  private static final int COLUMNS = 4;
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*Test|[A-Z]\\w*Contract)#(\\w+)`");
  private static final Pattern PLACE = Pattern.compile("`([A-Z]\\w*[a-z]\\w*)(?:\\.(\\w+))?`");
  private static final Pattern FILE = Pattern.compile("`([a-z][\\w-]*\\.[ch])`");
  private static final Pattern LAYOUTS =
      Pattern.compile(
          "pure|host kernel|(all|v1|hybrid|v2) (fake|kernel)(, (all|v1|hybrid|v2) (fake|kernel))*");
  private static final String NOT_HERE = "not here: ";

  /// The seed's, as the last table counts them.
  private static final int DEFECTS = 22;

  /// The text of each source file, by its name; there may be several of one name.
  private static final Map<String, List<String>> SOURCES = new HashMap<>();

  @BeforeAll
  static void readSources() throws IOException {
    try (Stream<Path> files = Files.walk(Holdfast.projectRoot())) {
      files
          .filter(file -> file.toString().contains("/src/"))
          .filter(file -> file.toString().matches(".*\\.(java|c|h)"))
          .forEach(file ->
              SOURCES
                  .computeIfAbsent(file.getFileName().toString(), _ -> new ArrayList<>())
                  .add(read(file)));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The cells of each row of its tables.
  private static List<List<String>> rows() {
    return read(Holdfast.projectRoot().resolve("docs/seed.md"))
        .lines()
        .filter(line -> line.startsWith("|") && !line.startsWith("|-"))
        .map(line -> line.substring(1, line.lastIndexOf('|')))
        .map(line -> Stream.of(line.split("(?<!\\\\)\\|", -1)).map(String::strip).toList())
        .filter(cells -> !cells.getFirst().equals("seed"))
        .toList();
  }

  @Test
  void noRowIsEmpty() {
    assertThat(rows())
        .hasSizeGreaterThan(100)
        .allSatisfy(cells -> {
          assertThat(cells).hasSize(COLUMNS).noneMatch(String::isEmpty);
          if (cells.get(1).startsWith(NOT_HERE)) {
            assertThat(cells.subList(2, COLUMNS)).containsExactly("–", "–");
          } else {
            assertThat(cells.get(2)).containsPattern(TEST);
            assertThat(cells.get(3)).matches(LAYOUTS);
          }
        });
  }

  @Test
  void everyTestIsThere() {
    for (List<String> cells : rows()) {
      Matcher matcher = TEST.matcher(cells.get(2));
      while (matcher.find()) {
        String declaration = "\\b(void|Stream<\\w+>) " + matcher.group(2) + "\\(";
        assertThat(sources(matcher.group(1) + ".java"))
            .as(matcher.group())
            .anyMatch(text -> Pattern.compile(declaration).matcher(text).find());
      }
      assertThat(TEST.matcher(cells.get(2)).replaceAll("")).as("%s", cells).doesNotContain("#");
    }
  }

  @Test
  void everyDefectHasARow() {
    for (int defect = 1; defect <= DEFECTS; defect++) {
      String number = defect + ". ";
      assertThat(rows()).as(number).anyMatch(cells -> cells.getFirst().startsWith(number));
    }
  }

  @Test
  void whatIsShownOnAKernelRunsThere() {
    for (List<String> cells : rows()) {
      List<String> annotations = kernelTests(cells.get(2));
      if (cells.get(3).contains("kernel")) {
        assertThat(annotations).as("%s", cells).isNotEmpty();
      }
      if (cells.get(3).contains("all kernel")) {
        assertThat(annotations)
            .as("%s", cells)
            .anyMatch(it -> !it.contains("@AnyLayout") && !it.contains("@KernelTest("));
      }
      if (cells.get(3).equals("host kernel")) {
        assertThat(annotations).as("%s", cells).allMatch(it -> it.contains("@AnyLayout"));
      }
    }
  }

  /// What stands above each of these tests that runs on a kernel, and above its class.
  private static List<String> kernelTests(String cell) {
    List<String> found = new ArrayList<>();
    Matcher matcher = TEST.matcher(cell);
    while (matcher.find()) {
      for (String text : sources(matcher.group(1) + ".java")) {
        Matcher method = Pattern.compile("\\bvoid " + matcher.group(2) + "\\(").matcher(text);
        if (method.find()
            && (text.contains("@KernelTest") || text.contains(" extends Contract "))) {
          String above = text.substring(0, method.start());
          Matcher head = Pattern.compile("\n(final )?(class|interface) ").matcher(text);
          String ofClass = head.find() ? text.substring(0, head.start()) : "";
          found.add(ofClass + above.substring(above.lastIndexOf("\n\n")));
        }
      }
    }
    return found;
  }

  @Test
  void everyPlaceIsThere() {
    for (List<String> cells : rows()) {
      Matcher matcher = PLACE.matcher(cells.get(1));
      while (matcher.find()) {
        List<String> texts = sources(matcher.group(1) + ".java");
        assertThat(texts).as(matcher.group()).isNotEmpty();
        if (matcher.group(2) != null) {
          String member = "\\b" + matcher.group(2) + "\\b";
          assertThat(texts)
              .as(matcher.group())
              .anyMatch(text -> Pattern.compile(member).matcher(text).find());
        }
      }
      FILE.matcher(cells.get(1))
          .results()
          .forEach(file -> assertThat(sources(file.group(1))).as(file.group()).isNotEmpty());
    }
  }

  private static List<String> sources(String name) {
    return SOURCES.getOrDefault(name, List.of());
  }
}

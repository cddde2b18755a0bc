package dev.holdfast.isolator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cgroup.CgroupPath;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunNameTest {
  private static final String UUID_TEXT = "0b1c2d3e-4f50-4162-8374-95a6b7c8d9e0";
  private static final RunId RUN = RunId.parse(UUID_TEXT);
  private static final int NAME_MAX = 255;
  private static final int LONGEST_PART = 108;

  private static RunName name(String framework, String executor) {
    return RunName.of(new ExecutorId(framework, executor), RUN);
  }

  @Test
  void isFrameworkExecutorAndRunWithDotsBetween() {
    assertThat(name("default", "make_all-2")).hasToString("default.make_all-2." + UUID_TEXT);
  }

  @ParameterizedTest
  @CsvSource({
    "../../x, %2E%2E%2F%2E%2E%2Fx",
    "a/b, a%2Fb",
    "a.b, a%2Eb",
    ".., %2E%2E",
    "100%, 100%25",
    "%2E, %252E",
    "a+, a%2B",
    "a b, a%20b",
    "é, %C3%A9",
    "名, %E5%90%8D",
    "😀, %F0%9F%98%80",
  })
  void escapesWhatIsNotPlain(String id, String escaped) {
    assertThat(name(id, "x").framework()).isEqualTo(escaped);
    assertThat(name("x", id).executor()).isEqualTo(escaped);
  }

  @Property
  void anIdThatWasNotCutComesBack(@ForAll("ids") String framework, @ForAll("ids") String executor) {
    ExecutorId id = new ExecutorId(framework, executor);
    RunName name = RunName.of(id, RUN);

    assertThat(name.executorId())
        .isEqualTo(isCut(name) ? Optional.<ExecutorId>empty() : Optional.of(id));
  }

  @Property
  void aNameIsReadAsWhatWasWritten(
      @ForAll("ids") String framework, @ForAll("ids") String executor, @ForAll("runs") RunId run) {
    RunName name = RunName.of(new ExecutorId(framework, executor), run);

    assertThat(RunName.parse(name.toString())).contains(name);
  }

  @Property
  void aNameIsOneFileNameWhateverTheIds(
      @ForAll("ids") String framework, @ForAll("ids") String executor) {
    String name = name(framework, executor).toString();

    assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(NAME_MAX);
    assertThat(name).matches("[A-Za-z0-9_%+-]+\\.[A-Za-z0-9_%+-]+\\.[0-9a-f-]{36}");
    assertThat(CgroupPath.parse("holdfast").child(name).names()).hasSize(2);
  }

  @Property
  void onlyWhatWasMintedIsRead(@ForAll("almostNames") String text) {
    RunName.parse(text)
        .ifPresent(name -> {
          assertThat(name).hasToString(text);
          name.executorId().ifPresent(id -> assertThat(RunName.of(id, name.run())).isEqualTo(name));
          assertThat(name.executorId().isPresent()).isEqualTo(!isCut(name));
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "...",
        "launchers",
        "system.slice",
        "user.slice",
        "user@1000.service",
        "session-2.scope",
        "a.b.c",
        "a.b",
        "a.b.0b1c2d3e-4f50-4162-8374-95a6b7c8d9e",
        "a.b.0B1C2D3E-4F50-4162-8374-95A6B7C8D9E0",
        "a.b.1-1-1-1-1",
        UUID_TEXT,
        "a." + UUID_TEXT,
        ".b." + UUID_TEXT,
        "a.." + UUID_TEXT,
        "a.b.c." + UUID_TEXT,
        "a b.c." + UUID_TEXT,
        "a/b.c." + UUID_TEXT,
        "é.c." + UUID_TEXT,
        "a%2e.c." + UUID_TEXT,
        "a%2.c." + UUID_TEXT,
        "a%.c." + UUID_TEXT,
        "a%G0.c." + UUID_TEXT,
        "%61.c." + UUID_TEXT,
        "%0A.c." + UUID_TEXT,
        "%FF.c." + UUID_TEXT,
        "a+.c." + UUID_TEXT,
        "+a.c." + UUID_TEXT,
        "a.b." + UUID_TEXT + " ",
        " a.b." + UUID_TEXT,
        "a.b." + UUID_TEXT + "\n",
      })
  void aForeignNameIsNotOurs(String foreign) {
    assertThat(RunName.parse(foreign)).isEmpty();
  }

  @Test
  void aPartThatIsTooLongIsNotOurs() {
    String part = "a".repeat(LONGEST_PART);

    assertThat(RunName.parse(part + "." + part + "." + UUID_TEXT)).isPresent();
    assertThat(RunName.parse(part + "a." + part + "." + UUID_TEXT)).isEmpty();
  }

  @Test
  void twoLongIdsFillTheNameButNotMore() {
    String longest = "x".repeat(NAME_MAX);
    RunName name = name(longest, longest);

    assertThat(name.toString()).hasSize(2 * LONGEST_PART + 2 + UUID_TEXT.length());
    assertThat(name.framework()).isEqualTo("x".repeat(LONGEST_PART - 1) + "+");
    assertThat(name.executorId()).isEmpty();
  }

  @Test
  void aPartOfExactlyTheLongestLengthIsNotCut() {
    String id = "x".repeat(LONGEST_PART);

    assertThat(name(id, "y").framework()).isEqualTo(id);
    assertThat(name(id + "x", "y").framework()).isEqualTo("x".repeat(LONGEST_PART - 1) + "+");
  }

  @Test
  void aCutNeverSplitsAnEscape() {
    for (int plain = 0; plain < 9; plain++) {
      String part = name("x".repeat(plain) + "é".repeat(100), "y").framework();

      assertThat(part).matches("x*(%C3|%A9)*\\+").hasSizeBetween(LONGEST_PART - 2, LONGEST_PART);
      assertThat(RunName.parse(part + ".y." + UUID_TEXT)).isPresent();
    }
  }

  @Test
  void longIdsWithTheSameBeginningAreKeptApartByTheRun() {
    String beginning = "x".repeat(200);
    RunName first = RunName.of(new ExecutorId("f", beginning + "1"), RunId.random());
    RunName second = RunName.of(new ExecutorId("f", beginning + "2"), RunId.random());

    assertThat(first.executor()).isEqualTo(second.executor());
    assertThat(first.toString()).isNotEqualTo(second.toString());
  }

  private static boolean isCut(RunName name) {
    return name.framework().endsWith("+") || name.executor().endsWith("+");
  }

  @Provide
  static Arbitrary<String> ids() {
    Arbitrary<String> nasty =
        Arbitraries.of("../../x", "a/b", ".", "..", "%2E", "+", "名", "😀", "é");
    Arbitrary<String> any = Arbitraries.strings().all().ofMaxLength(60);
    Arbitrary<String> full = Arbitraries.strings().withCharRange('!', 'z').ofLength(NAME_MAX);
    return Arbitraries.oneOf(nasty, any, full, nasty.list().ofMaxSize(40).map(RunNameTest::join))
        .filter(RunNameTest::isId);
  }

  private static String join(Iterable<String> parts) {
    return String.join("", parts);
  }

  private static boolean isId(String text) {
    try {
      return !new ExecutorId(text, text).name().isEmpty();
    } catch (IllegalArgumentException notAnId) {
      return false;
    }
  }

  @Provide
  static Arbitrary<RunId> runs() {
    return Arbitraries.longs().tuple2().map(bits -> new RunId(new UUID(bits.get1(), bits.get2())));
  }

  @Provide
  static Arbitrary<String> almostNames() {
    return Arbitraries.of(
            "a",
            "Z",
            "9",
            "_",
            "-",
            ".",
            "%",
            "%2E",
            "%2e",
            "%61",
            "%C3%A9",
            "%C3",
            "%0A",
            "+",
            "/",
            "." + UUID_TEXT,
            UUID_TEXT,
            "x".repeat(100),
            "é",
            " ")
        .list()
        .ofMaxSize(12)
        .map(RunNameTest::join);
  }
}

package dev.holdfast.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CgroupPathTest {
  @Test
  void isNamesBelowTheRoot() {
    CgroupPath path = CgroupPath.parse("holdfast/default.make.0b1c");
    assertThat(path.names()).containsExactly("holdfast", "default.make.0b1c");
    assertThat(path.name()).isEqualTo("default.make.0b1c");
    assertThat(path.parent()).contains(CgroupPath.parse("holdfast"));
    assertThat(path.parent().flatMap(CgroupPath::parent)).isEmpty();
    assertThat(path.child("nested")).hasToString("holdfast/default.make.0b1c/nested");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/./b", "a\0b", "a\nb"})
  void refusesWhatLeadsElsewhere(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> CgroupPath.parse(text));
  }

  @ParameterizedTest
  @CsvSource({"/a, a", "a/, a", "//a///b/, a/b"})
  void saysHowItIsWrittenWithoutTheSlashes(String text, String right) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CgroupPath.parse(text))
        .withMessage(
            "'" + text + "' is not names with single slashes between them: write '" + right + "'");
  }

  @Test
  void refusesNamesThatAreTooLongOrNone() {
    String longest = "ä".repeat(127) + "x";
    assertThat(CgroupPath.parse(longest).name()).isEqualTo(longest);
    assertThatIllegalArgumentException().isThrownBy(() -> CgroupPath.parse(longest + "x"));
    assertThatIllegalArgumentException().isThrownBy(() -> new CgroupPath(List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> CgroupPath.parse("a").child("b/c"));
  }

  @Property
  void neverLeavesItsRoot(
      @ForAll @Chars({'.', '/', '\\', ' ', '~', '\0', '\n'}) @CharRange(from = 'a', to = 'c')
          String text) {
    CgroupPath path;
    try {
      path = CgroupPath.parse(text);
    } catch (IllegalArgumentException e) {
      return;
    }
    Path root = Path.of("/sys/fs/cgroup/cpu");
    Path resolved = root.resolve(path.toString());
    assertThat(resolved.normalize()).isEqualTo(resolved).startsWithRaw(root);
    assertThat(resolved.getNameCount()).isEqualTo(root.getNameCount() + path.names().size());
    assertThat(CgroupPath.parse(path.toString())).isEqualTo(path);
  }
}

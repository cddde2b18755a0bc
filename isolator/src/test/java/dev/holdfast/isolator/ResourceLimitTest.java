package dev.holdfast.isolator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.isolator.ResourceLimit.Resource;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceLimitTest {
  private static final long UNLIMITED = ResourceLimit.UNLIMITED;

  @Test
  void oneNumberIsBothLimits() {
    assertThat(ResourceLimit.parse("nofile=1024"))
        .isEqualTo(new ResourceLimit(Resource.NOFILE, 1024, 1024));
  }

  @Test
  void twoNumbersAreSoftAndHard() {
    assertThat(ResourceLimit.parse("nofile=1024:4096"))
        .isEqualTo(new ResourceLimit(Resource.NOFILE, 1024, 4096));
  }

  @Test
  void unlimitedIsAbsenceOfALimitInEitherPlace() {
    ResourceLimit none = new ResourceLimit(Resource.CORE, UNLIMITED, UNLIMITED);

    assertThat(ResourceLimit.parse("core=unlimited")).isEqualTo(none);
    assertThat(ResourceLimit.parse("core=-1")).isEqualTo(none);
    assertThat(ResourceLimit.parse("core=0:unlimited"))
        .isEqualTo(new ResourceLimit(Resource.CORE, 0, UNLIMITED));
  }

  @ParameterizedTest
  @EnumSource(Resource.class)
  void knowsEveryResourceInEitherCase(Resource resource) {
    ResourceLimit limit = new ResourceLimit(resource, 0, 1);

    assertThat(ResourceLimit.parse(resource.name().toLowerCase(Locale.ROOT) + "=0:1"))
        .isEqualTo(limit);
    assertThat(ResourceLimit.parse(resource.name() + "=0:1")).isEqualTo(limit);
  }

  /// asm-generic/resource.h, from 0 without gaps.
  @Test
  void resourcesHaveTheKernelsNumbers() {
    assertThat(Resource.values())
        .extracting(Resource::number)
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    assertThat(Resource.NOFILE.number()).isEqualTo(7);
    assertThat(Resource.AS.number()).isEqualTo(9);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "=",
        "nofile",
        "nofile=",
        "=1024",
        "nofile=x",
        "nofile=1024:",
        "nofile=:1024",
        "nofile=1:2:3",
        "nofile=-2",
        "nofile= 1",
        "nofile=1.5",
        "nofile=99999999999999999999",
        "nofile:1024",
        "files=1024",
        "RLIMIT_NOFILE=1024",
      })
  void whatIsNoLimitIsRefusedWithAnExample(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ResourceLimit.parse(text))
        .withMessage(
            "'" + text + "' is not a limit: write nofile=1024, nofile=1024:4096 or core=unlimited");
  }

  @Test
  void aSoftLimitAboveTheHardOneIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ResourceLimit.parse("nofile=2:1"))
        .withMessage("the soft limit 2 of nofile is above the hard limit 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ResourceLimit.parse("nofile=unlimited:1"))
        .withMessageContaining("above the hard limit 1");
  }

  @Property
  void anyOrderedPairIsReadAsWritten(
      @ForAll @LongRange(min = 0) long one, @ForAll @LongRange(min = 0) long other) {
    long soft = Math.min(one, other);
    long hard = Math.max(one, other);

    assertThat(ResourceLimit.parse("as=" + soft + ":" + hard))
        .isEqualTo(new ResourceLimit(Resource.AS, soft, hard));
  }
}

package dev.holdfast.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.linux.Errno;
import dev.holdfast.linux.LinuxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CgroupExceptionTest {
  private static final Path FILE = Path.of("/sys/fs/cgroup/memory/x/memory.limit_in_bytes");

  @ParameterizedTest
  @CsvSource({
    "2, NotFound",
    "19, NotFound",
    "20, NotFound",
    "16, Busy",
    "39, Busy",
    "17, Busy",
    "11, Busy",
    "1, Denied",
    "13, Denied",
    "30, Denied",
    "22, BadValue",
    "34, BadValue",
    "95, BadValue",
    "7, BadValue",
    "36, BadValue",
    "3, Unavailable",
    "5, Unavailable",
    "12, Unavailable",
    "28, Unavailable",
    "4242, Unavailable"
  })
  void isSortedByWhatTheCallerCanDo(int errno, String kind) {
    assertThat(CgroupException.of("read", FILE, new Errno(errno)).getClass().getSimpleName())
        .isEqualTo(kind);
  }

  @Test
  void saysWhatWasDoneToWhatAndWhyNot() {
    CgroupException e = CgroupException.of("write '512' to", FILE, Errno.EBUSY);
    assertThat(e).hasMessage("write '512' to " + FILE + ": EBUSY");
    assertThat(e.path()).isEqualTo(FILE);
  }

  @Test
  void keepsTheSystemCallAsItsCause() {
    LinuxException cause = new LinuxException("write", FILE.toString(), Errno.EINVAL);
    assertThat(CgroupException.of("write 'x' to", FILE, cause))
        .isInstanceOf(CgroupException.BadValue.class)
        .hasCause(cause);
  }
}

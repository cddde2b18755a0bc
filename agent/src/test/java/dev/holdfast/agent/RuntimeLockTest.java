package dev.holdfast.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.agent.config.ConfigException;
import dev.holdfast.cgroup.CgroupPath;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeLockTest {
  private static final CgroupPath ROOT = CgroupPath.parse("holdfast");

  @TempDir Path directory;

  @Test
  void aSecondAgentIsToldWhoTheFirstIs() throws Exception {
    long pid = ProcessHandle.current().pid();
    try (RuntimeLock _ = RuntimeLock.take(directory, ROOT)) {
      assertThat(directory.resolve("lock")).hasContent(pid + " holdfast\n");
      assertThatThrownBy(() -> RuntimeLock.take(directory, CgroupPath.parse("other")))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("another agent (pid " + pid + ", cgroups root holdfast)");
    }
    RuntimeLock.take(directory, ROOT).close();
  }
}

package dev.holdfast.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.agent.config.ConfigException;
import dev.holdfast.cgroup.CgroupPath;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
  private static final CgroupPath ROOT = CgroupPath.parse("holdfast");

  @TempDir Path directory;

  @Test
  void aSecondAgentIsToldWhoTheFirstIs() throws Exception {
    long pid = ProcessHandle.current().pid();
    try (DirectoryLock _ = DirectoryLock.take(directory, ROOT)) {
      assertThat(directory.resolve("lock")).hasContent(pid + " holdfast\n");
      assertThatThrownBy(() -> DirectoryLock.take(directory, CgroupPath.parse("other")))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("another agent (pid " + pid + ", cgroups root holdfast)");
    }
    DirectoryLock.take(directory, ROOT).close();
  }
}

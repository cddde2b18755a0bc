package dev.holdfast.isolator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.linux.proc.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControllerAdviceTest {
  @TempDir Path proc;

  @Test
  void aKernelWithoutCgroupsIsAnotherMatterThanNoMount() throws IOException {
    assertThat(ControllerAdvice.noCgroups(new ProcFs(proc)))
        .isEqualTo("the kernel has no cgroups: boot one that was built with CONFIG_CGROUPS");
    Files.createFile(proc.resolve("cgroups"));
    assertThat(ControllerAdvice.noCgroups(new ProcFs(proc)))
        .isEqualTo("no cgroup file system is mounted: mount -t cgroup2 cgroup2 /sys/fs/cgroup");
  }
}

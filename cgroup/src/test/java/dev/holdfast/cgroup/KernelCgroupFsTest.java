package dev.holdfast.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.linux.KernelEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the kernel's cgroupfs leaves behind, on files of any kind.
class KernelCgroupFsTest {
  @TempDir private Path directory;

  /// Of which a user may have only 128.
  private static long inotifyInstances() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(KernelCgroupFsTest::isInotify).count();
    }
  }

  private static boolean isInotify(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().contains("inotify");
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  @Test
  void whoeverHasWatchedLeavesNothing() throws Exception {
    long before = inotifyInstances();
    Path file = Files.writeString(directory.resolve("cgroup.events"), "populated 1");
    CountDownLatch told = new CountDownLatch(1);
    try (KernelEvents events = new KernelEvents()) {
      KernelCgroupFs fs = new KernelCgroupFs(events);
      CgroupFs.Watch watch = fs.onModification(file, told::countDown);
      assertThat(inotifyInstances()).isEqualTo(before + 1);
      Files.writeString(file, "populated 0");
      assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();

      fs.close();

      watch.close();
      assertThat(inotifyInstances()).isEqualTo(before);
    }
  }

  @Test
  void whoeverHasNotWatchedHasNothingToLeave() throws Exception {
    long before = inotifyInstances();
    try (KernelEvents events = new KernelEvents();
        KernelCgroupFs fs = new KernelCgroupFs(events)) {
      assertThat(fs.exists(directory)).isTrue();
      assertThat(inotifyInstances()).isEqualTo(before);
    }
  }
}

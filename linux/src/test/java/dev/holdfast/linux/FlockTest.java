package dev.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlockTest {
  @TempDir Path directory;

  @Test
  void theOnlyHolderBecomesExclusive() throws Exception {
    try (Flock lock = Flock.shared(Files.createFile(directory.resolve("lock")))) {
      assertThat(lock.tryExclusive()).isTrue();
    }
  }

  @Test
  void oneOfTwoHoldersDoesNot() throws Exception {
    Path file = Files.createFile(directory.resolve("lock"));
    try (Flock first = Flock.shared(file)) {
      try (Flock second = Flock.shared(file)) {
        assertThat(second.tryExclusive()).isFalse();
      }
      assertThat(first.tryExclusive()).isTrue();
    }
  }

  @Test
  void whoHasItAloneLetsNobodyElse() throws Exception {
    Path file = Files.createFile(directory.resolve("lock"));
    try (Flock _ = Flock.exclusive(file).orElseThrow()) {
      assertThat(Flock.exclusive(file)).isEmpty();
    }
    Flock.exclusive(file).orElseThrow().close();
  }

  @Test
  void aCopyOfTheDescriptorHoldsTheLock() throws Exception {
    Path file = Files.createFile(directory.resolve("lock"));
    Flock first = Flock.shared(file);
    Fd copy = first.fd().duplicate(10);
    try (Flock second = Flock.shared(file)) {
      first.close();
      assertThat(second.tryExclusive()).isFalse();

      copy.close();
      assertThat(second.tryExclusive()).isTrue();
    }
  }

  @Test
  void whatSomebodyHasIsNotTaken() throws Exception {
    Path file = Files.createFile(directory.resolve("lock"));
    try (Flock _ = Flock.exclusive(file).orElseThrow()) {
      assertThat(Flock.exclusive(file)).isEmpty();
    }
    try (Flock _ = Flock.shared(file)) {
      assertThat(Flock.exclusive(file)).isEmpty();
    }
    try (Flock again = Flock.exclusive(file).orElseThrow()) {
      assertThat(again.tryExclusive()).isTrue();
    }
  }
}

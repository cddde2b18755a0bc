package dev.holdfast.it.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/// A program of one process with at least a hundred threads, which says when they are there, by a
/// file, and then waits to be killed.
final class ManyThreads {
  private static final int THREADS = 100;

  private ManyThreads() {}

  static String shell(String file) {
    String classes =
        ManyThreads.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    return "%s/bin/java -Xint -XX:+UseSerialGC -cp %s %s %s"
        .formatted(System.getProperty("java.home"), classes, ManyThreads.class.getName(), file);
  }

  public static void main(String[] words) throws Exception {
    CountDownLatch there = new CountDownLatch(THREADS);
    CountDownLatch never = new CountDownLatch(1);
    for (int i = 0; i < THREADS; i++) {
      new Thread(
              () -> {
                there.countDown();
                try {
                  never.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              })
          .start();
    }
    there.await();
    Files.createFile(Path.of(words[0]));
    never.await();
  }
}

package dev.holdfast.agent.node;

import java.util.function.LongSupplier;

/// Keeps the heap near the size of what lives in it. It may grow for as many runs as a node can
/// have, and the serial collector lets what is dead pile up in the old generation until that cannot
/// grow any more. Not thread-safe.
final class HeapCare {
  private static final long SLACK = 16L << 20;

  private final LongSupplier used;
  private final Runnable collection;
  private long lived;

  HeapCare() {
    this(HeapCare::usedBytes, System::gc);
  }

  /// @param used bytes, of what is dead, too
  HeapCare(LongSupplier used, Runnable collection) {
    this.used = used;
    this.collection = collection;
    lived = used.getAsLong();
  }

  private static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /// Collects when there is half as much again as was left by the last time, and a little more: so
  /// a heap that grows is collected a few times only.
  void tend() {
    if (used.getAsLong() > lived + lived / 2 + SLACK) {
      collection.run();
      lived = used.getAsLong();
    }
  }
}

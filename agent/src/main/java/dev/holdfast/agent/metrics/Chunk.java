package dev.holdfast.agent.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Some readings in a row, as differences. Not thread-safe.
///
/// For each reading: the difference of the time in milliseconds, a mark with a bit for each field
/// that has changed, and the difference of each of those; all as variable-length integers of 7 bits
/// a byte. The first is the difference from nothing, so that a chunk can be read by itself. An idle
/// run takes 3 bytes a reading, a busy one about 30; as plain numbers it would be 296.
final class Chunk {
  private static final int SMALLEST = 128;
  private static final Reading NOTHING = new Reading(0, new long[Field.COUNT]);

  private byte[] bytes = new byte[SMALLEST];
  private int length;
  private int count;
  private long lastTime;
  private final boolean thinned;

  /// @param thinned whether it has fewer readings than were made
  Chunk(boolean thinned) {
    this.thinned = thinned;
  }

  /// @param before the reading that was added last, if one was
  void add(Reading reading, Reading before) {
    Reading base = count == 0 ? NOTHING : before;
    write(zigzag(reading.time() - base.time()));
    long changed = 0;
    for (int i = 0; i < Field.COUNT; i++) {
      if (reading.value(i) != base.value(i)) {
        changed |= 1L << i;
      }
    }
    write(changed);
    for (int i = 0; i < Field.COUNT; i++) {
      if ((changed & 1L << i) != 0) {
        write(zigzag(code(reading.value(i)) - code(base.value(i))));
      }
    }
    count++;
    lastTime = reading.time();
  }

  /// Nothing will be added any more.
  void seal() {
    bytes = Arrays.copyOf(bytes, length);
  }

  /// The same without most of its readings: the last of each `group` stays.
  Chunk thin(int group) {
    Chunk thin = new Chunk(true);
    Reading before = NOTHING;
    List<Reading> all = readings();
    for (int i = 0; i < all.size(); i++) {
      if (i % group == group - 1 || i == all.size() - 1) {
        thin.add(all.get(i), before);
        before = all.get(i);
      }
    }
    thin.seal();
    return thin;
  }

  /// In the order in which they were added.
  List<Reading> readings() {
    List<Reading> all = new ArrayList<>(count);
    Input input = new Input();
    Reading before = NOTHING;
    for (int reading = 0; reading < count; reading++) {
      long time = before.time() + unzigzag(input.next());
      long changed = input.next();
      long[] values = new long[Field.COUNT];
      for (int i = 0; i < Field.COUNT; i++) {
        long difference = (changed & 1L << i) == 0 ? 0 : unzigzag(input.next());
        values[i] = decode(code(before.value(i)) + difference);
      }
      before = new Reading(time, values);
      all.add(before);
    }
    return all;
  }

  int count() {
    return count;
  }

  int size() {
    return bytes.length;
  }

  /// Of its last reading.
  long lastTime() {
    return lastTime;
  }

  boolean isThinned() {
    return thinned;
  }

  private void write(long value) {
    long rest = value;
    if (length + 10 > bytes.length) {
      bytes = Arrays.copyOf(bytes, bytes.length + bytes.length / 2);
    }
    while ((rest & ~0x7fL) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  /// What is not known takes one byte, not ten: no number that is known is negative.
  private static long code(long value) {
    return value == Reading.ABSENT ? -1 : value;
  }

  private static long decode(long code) {
    return code == -1 ? Reading.ABSENT : code;
  }

  private static long zigzag(long value) {
    return value << 1 ^ value >> 63;
  }

  private static long unzigzag(long value) {
    return value >>> 1 ^ -(value & 1);
  }

  private final class Input {
    private int at;

    long next() {
      long value = 0;
      int shift = 0;
      while (true) {
        byte b = bytes[at++];
        value |= (b & 0x7fL) << shift;
        if (b >= 0) {
          return value;
        }
        shift += 7;
      }
    }
  }
}

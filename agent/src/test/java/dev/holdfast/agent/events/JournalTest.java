package dev.holdfast.agent.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.holdfast.api.Event;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-01-02T03:04:05Z"));
  private static final Journal.Subject ANNAS = new Journal.Subject("r1", "default", "a", 1001);
  private static final Journal.Subject BENS = new Journal.Subject("r2", "default", "b", 1002);

  @TempDir Path directory;
  private final List<Event> counted = new ArrayList<>();
  private final AtomicLong reserved = new AtomicLong();

  private Journal open() {
    return new Journal(directory, CLOCK, reserved.get(), reserved::set, counted::add);
  }

  private static Event next(BlockingQueue<Event> events) throws InterruptedException {
    Event event = events.poll(30, TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    return java.util.Objects.requireNonNull(event);
  }

  /// Who only wants these asks and hangs up.
  @Test
  void whatIsRememberedIsToldAtOnce() {
    try (Journal journal = open()) {
      for (int i = 0; i < 100; i++) {
        Event _ = journal.publish("state", "event " + i);
      }
      for (int i = 0; i < 100; i++) {
        List<Event> told = new ArrayList<>();
        journal.listen(40, _ -> true, told::add).close();
        assertThat(told).hasSize(60);
      }
    }
  }

  @Test
  void numbersGrowOverRestarts() throws Exception {
    Event last;
    try (Journal journal = open()) {
      journal.publish("agent_started", "hello");
      JsonObject data = new JsonObject();
      data.addProperty("from", "running");
      last = journal.publish("state", ANNAS, "changed", data);
    }
    // It names others' runs.
    assertThat(Files.getPosixFilePermissions(directory.resolve("events.jsonl"))).hasSize(2);
    try (Journal journal = open()) {
      assertThat(journal.of("r1")).containsExactly(last);
      assertThat(journal.publish("agent_started", "again").id()).isEqualTo(last.id() + 1);
    }
  }

  @Test
  void numbersGrowEvenWhenTheFileIsGone() throws Exception {
    Journal killed = open();
    long last = killed.publish("agent_started", "hello").id();
    Files.delete(directory.resolve("events.jsonl"));
    try (Journal journal = open()) {
      assertThat(journal.publish("agent_started", "again").id()).isGreaterThan(last);
    }
    killed.close();
  }

  @Test
  void aTornTailIsPassedOver() throws Exception {
    try (Journal journal = open()) {
      journal.publish("launched", ANNAS, "one");
      journal.publish("launched", BENS, "two");
    }
    Path file = directory.resolve("events.jsonl");
    byte[] whole = Files.readAllBytes(file);
    for (int cut = 1; cut < 40; cut++) {
      Files.write(file, java.util.Arrays.copyOf(whole, whole.length - cut));
      try (Journal journal = open()) {
        journal.publish("launched", BENS, "three");
        assertThat(journal.of("r1")).hasSize(1);
      }
      try (Journal journal = open()) {
        assertThat(journal.of("r2")).extracting(Event::message).endsWith("three");
      }
    }
  }

  @Test
  void aListenerHearsWhatWasAndWhatComes() throws Exception {
    try (Journal journal = open()) {
      long first = journal.publish("launched", ANNAS, "one").id();
      journal.publish("launched", BENS, "two");
      BlockingQueue<Event> all = new LinkedBlockingQueue<>();
      BlockingQueue<Event> annas = new LinkedBlockingQueue<>();
      try (var _ = journal.listen(first, _ -> true, all::add);
          var _ = journal.listen(0, owner -> owner == 1001, annas::add)) {
        assertThat(next(all).message()).isEqualTo("two");
        journal.publish("ended", ANNAS, "three");
        assertThat(next(all).message()).isEqualTo("three");
        assertThat(next(annas).message()).isEqualTo("one");
        assertThat(next(annas).message()).isEqualTo("three");
      }
    }
  }

  @Test
  void aListenerThatStandsStillHoldsUpNobody() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    List<Event> heard = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(1);
    try (Journal journal = open()) {
      try (var _ =
          journal.listen(
              0,
              _ -> true,
              event -> {
                try {
                  released.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                heard.add(event);
                if (event.message().equals("last")) {
                  done.countDown();
                }
              })) {
        for (int i = 0; i < Journal.REMEMBERED + 500; i++) {
          journal.publish("state", ANNAS, "x");
        }
        journal.publish("state", ANNAS, "last");
        released.countDown();
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
      }
    }
    assertThat(heard).extracting(Event::id).isSorted();
  }

  @Test
  void theFileBeginsAnewWhenItIsLarge() throws Exception {
    String large = "x".repeat(1 << 20);
    try (Journal journal = open()) {
      for (int i = 0; i < 10; i++) {
        journal.publish("state", ANNAS, large);
      }
    }
    assertThat(Files.size(directory.resolve("events.jsonl"))).isLessThan(6 << 20);
    assertThat(directory.resolve("events.jsonl.1")).exists();
    try (Journal journal = open()) {
      assertThat(journal.of("r1")).hasSizeGreaterThan(3);
      assertThat(journal.publish("state", ANNAS, "next").id()).isEqualTo(11);
    }
  }

  @Test
  void whatCannotBeWrittenIsStillTold() throws Exception {
    Files.createDirectory(directory.resolve("events.jsonl"));
    try (Journal journal = open()) {
      journal.publish("launched", ANNAS, "one");
      assertThat(journal.of("r1")).hasSize(1);
      assertThat(journal.failure()).isPresent();
    }
  }
}

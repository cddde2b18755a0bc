package dev.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class KernelEventsTest {
  private final KernelEvents events = new KernelEvents();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    events.close();
  }

  @Test
  void runsTheHandlerOfWhatIsReadable() throws Exception {
    try (EventFd first = new EventFd();
        EventFd second = new EventFd()) {
      listen(first, "first");
      listen(second, "second");

      second.raise();
      assertThat(heard.take()).isEqualTo("second");
      first.raise();
      assertThat(heard.take()).isEqualTo("first");
    }
  }

  @Test
  void aHandlerRunsOnItsOwnThread() throws Exception {
    try (EventFd event = new EventFd()) {
      events.whenReadable(
          event.fd(),
          () -> {
            event.clear();
            heard.add(Thread.currentThread().getName());
            return true;
          });
      event.raise();

      assertThat(heard.take()).isEqualTo("kernel-events");
    }
  }

  @Test
  void aClosedRegistrationHearsNothing() throws Exception {
    try (EventFd deaf = new EventFd();
        EventFd hearing = new EventFd()) {
      KernelEvents.Registration registration = listen(deaf, "deaf");
      listen(hearing, "hearing");

      registration.close();
      registration.close();
      deaf.raise();
      hearing.raise();

      assertThat(heard.take()).isEqualTo("hearing");
      assertThat(heard).isEmpty();
    }
  }

  @Test
  void aHandlerThatHasHadEnoughIsNotRunAgain() throws Exception {
    try (EventFd event = new EventFd();
        EventFd other = new EventFd()) {
      AtomicInteger runs = new AtomicInteger();
      // Never cleared: level-triggered, it would be ready for ever.
      events.whenReadable(
          event.fd(),
          () -> {
            runs.incrementAndGet();
            return false;
          });
      listen(other, "other");
      event.raise();
      other.raise();
      heard.take();
      other.raise();
      heard.take();

      assertThat(runs).hasValue(1);
    }
  }

  @Test
  void aHandlerThatThrowsEndsItsOwnWatchAlone() throws Exception {
    try (EventFd broken = new EventFd();
        EventFd sound = new EventFd()) {
      events.whenReadable(
          broken.fd(),
          new KernelEvents.Handler() {
            @Override
            public boolean ready() {
              throw new IllegalStateException("broken");
            }

            @Override
            public void failed(RuntimeException cause) {
              heard.add("failed: " + cause.getMessage());
            }
          });
      listen(sound, "sound");

      broken.raise();
      assertThat(heard.take()).isEqualTo("failed: broken");
      broken.raise();
      sound.raise();
      assertThat(heard.take()).isEqualTo("sound");
    }
  }

  @Test
  void closingARegistrationWaitsForItsHandler() throws Exception {
    try (EventFd event = new EventFd()) {
      CountDownLatch entered = new CountDownLatch(1);
      CountDownLatch mayLeave = new CountDownLatch(1);
      KernelEvents.Registration registration =
          events.whenReadable(
              event.fd(),
              () -> {
                event.clear();
                entered.countDown();
                await(mayLeave);
                heard.add("left");
                return true;
              });
      event.raise();
      entered.await();
      Thread closer = Thread.ofPlatform().start(registration::close);

      mayLeave.countDown();
      closer.join();

      assertThat(heard).containsExactly("left");
    }
  }

  @Test
  void tellsOfTheEndOfASocket() throws Exception {
    try (SocketPair sockets = SocketPair.create()) {
      events.whenReadable(
          sockets.ours(),
          () -> {
            heard.add("read " + sockets.ours().read(new byte[8]));
            return false;
          });

      sockets.theirs().close();

      assertThat(heard.take()).isEqualTo("read 0");
    }
  }

  @Test
  void tellsOfAModifiedFile(@TempDir Path directory) throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    try (Inotify inotify = new Inotify()) {
      inotify.watchModifications(file);
      assertThat(inotify.drain().watches()).isEmpty();
      events.whenReadable(
          inotify.fd(),
          () -> {
            heard.add("modified " + !inotify.drain().watches().isEmpty());
            return true;
          });

      Files.writeString(file, "x");

      assertThat(heard.take()).isEqualTo("modified true");
    }
  }

  private KernelEvents.Registration listen(EventFd event, String name) {
    return events.whenReadable(
        event.fd(),
        () -> {
          if (event.clear()) {
            heard.add(name);
          }
          return true;
        });
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

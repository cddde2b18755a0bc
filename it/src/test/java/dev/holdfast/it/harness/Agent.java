package dev.holdfast.it.harness;

import com.google.gson.JsonParser;
import dev.holdfast.linux.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// An agent that serves, and calls to it.
public final class Agent {
  private final Ground ground;
  private final Started process;

  private Agent(Ground ground, Started process) {
    this.ground = ground;
    this.process = process;
  }

  /// A call of `./holdfast agent` on this ground, which may not come to serve.
  public static Holdfast call(Ground ground, String... flags) {
    List<String> words =
        new ArrayList<>(List.of("agent", "--work-dir", ground.file("state").toString()));
    words.addAll(List.of(flags));
    return ground.holdfast(words.toArray(String[]::new));
  }

  /// Starts one, and waits until it serves.
  public static Agent start(Ground ground, String... flags) {
    return await(ground, call(ground, flags));
  }

  /// Makes the call, and waits until it serves.
  public static Agent await(Ground ground, Holdfast call) {
    try {
      Files.deleteIfExists(socket(ground));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Started process = call.start();
    Waiting.until(
        "the agent serves",
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError("the agent has ended: " + process.await());
          }
          return Files.exists(socket(ground));
        });
    return new Agent(ground, process);
  }

  private static Path socket(Ground ground) {
    return ground.runtime().resolve("agent.sock");
  }

  public int pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public String err() {
    return process.err();
  }

  /// A call of `./holdfast` that asks it.
  public Finished ask(String... words) {
    return ground.holdfast(words).finish();
  }

  /// Starts a detached run.
  ///
  /// @param words options of `run`, and the command
  public Finished launch(String name, String... words) {
    List<String> all = new ArrayList<>(List.of("run", "-d", "--name", name));
    all.addAll(List.of(words));
    return ask(all.toArray(String[]::new));
  }

  /// What `inspect` says of a run.
  public VerdictDocument inspect(String name) {
    return new VerdictDocument(
        JsonParser.parseString(ask("inspect", "default/" + name).expect(0).out())
            .getAsJsonArray()
            .get(0)
            .getAsJsonObject());
  }

  /// The body of an answer of status 200.
  public String get(String target) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket(ground)));
      String request =
          "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
      String answer =
          new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
      if (!answer.startsWith("HTTP/1.1 200 ")) {
        throw new AssertionError(target + ": " + answer);
      }
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// As a crash or the host's OOM killer would end it.
  public void kill() {
    process.signal(Signal.KILL).await();
  }

  /// Ends it, and its runs are left.
  public Finished stop() {
    return process.signal(Signal.TERM).await().expect(0);
  }

  /// Kills the runs that live, removes all that have ended, and ends it.
  public void end() {
    for (String id : ask("ps", "-q").expect(0).out().lines().toList()) {
      ask("kill", id).expect(0);
    }
    ask("prune").expect(0);
    stop();
  }
}

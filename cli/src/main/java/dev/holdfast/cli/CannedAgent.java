package dev.holdfast.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Listens as an agent does and says what it was told to say: for [Training], which is to record
/// what a verb loads when it is answered.
final class CannedAgent implements AutoCloseable {
  private static final String LENGTH = "Content-Length: ";

  /// What was asked.
  record Call(String method, String target, String body) {}

  /// What is said.
  record Answer(int status, String body) {}

  /// What is said to what.
  interface Answers {
    Answer to(Call call) throws InterruptedException;
  }

  private final Path socket;
  private final ServerSocketChannel listener;
  private final Answers answers;

  private CannedAgent(Path socket, ServerSocketChannel listener, Answers answers) {
    this.socket = socket;
    this.listener = listener;
    this.answers = answers;
  }

  static CannedAgent listen(Path socket, Answers answers) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
    CannedAgent agent = new CannedAgent(socket, listener, answers);
    Thread.ofPlatform().daemon().name("canned-agent").start(agent::serve);
    return agent;
  }

  private void serve() {
    try {
      while (true) {
        SocketChannel channel = listener.accept();
        Thread.ofPlatform().daemon().name("canned-answer").start(() -> answer(channel));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private void answer(SocketChannel channel) {
    try (channel) {
      String request = read(Channels.newInputStream(channel));
      if (request.isEmpty()) {
        return; // somebody only wanted to know whether anybody listens
      }
      String[] line = request.substring(0, request.indexOf('\r')).split(" ", -1);
      String body = request.substring(request.indexOf("\r\n\r\n") + 4);
      Answer answer = answers.to(new Call(line[0], line[1], body));
      byte[] content = answer.body().getBytes(StandardCharsets.UTF_8);
      String head =
          "HTTP/1.1 " + answer.status() + " Canned\r\n" + LENGTH + content.length + "\r\n\r\n";
      write(channel, head.getBytes(StandardCharsets.US_ASCII));
      write(channel, content);
    } catch (IOException | InterruptedException e) {
      return; // the other side has gone
    }
  }

  private static void write(SocketChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static String read(InputStream input) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (!endsWithEmptyLine(bytes)) {
      int c = input.read();
      if (c < 0) {
        return "";
      }
      bytes.write(c);
    }
    String head = bytes.toString(StandardCharsets.UTF_8);
    int at = head.indexOf(LENGTH);
    if (at < 0) {
      return head;
    }
    int length = Integer.parseInt(head.substring(at + LENGTH.length(), head.indexOf('\r', at)));
    return head + new String(input.readNBytes(length), StandardCharsets.UTF_8);
  }

  private static boolean endsWithEmptyLine(ByteArrayOutputStream bytes) {
    return bytes.size() >= 4 && bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n");
  }

  @Override
  public String toString() {
    return "a canned agent on " + socket;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    Files.deleteIfExists(socket);
  }
}

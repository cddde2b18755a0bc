package dev.holdfast.it.harness;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Serves files by HTTP; one that is stuck has only its beginning sent.
public final class FileServer implements AutoCloseable {
  private static final int NOT_FOUND = 404;
  private static final int OK = 200;

  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Map<String, CountDownLatch> stuck = new ConcurrentHashMap<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  public FileServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::serve);
    server.setExecutor(threads);
    server.start();
  }

  /// Serves `content` under `name`, and returns its URI.
  public String add(String name, byte[] content) {
    files.put("/" + name, content);
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + name;
  }

  /// The same, but that half of it never comes, until it is served by [#add].
  public String addStuck(String name, byte[] content) {
    stuck.put("/" + name, new CountDownLatch(1));
    return add(name, content);
  }

  /// Waits until somebody has been sent the first half of a stuck file.
  public void awaitStuck(String name) throws InterruptedException {
    stuck.getOrDefault("/" + name, closing).await();
  }

  /// From now on all of it comes.
  public void free(String name) {
    stuck.remove("/" + name);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      byte[] content = files.get(path);
      if (content == null) {
        exchange.sendResponseHeaders(NOT_FOUND, -1);
        return;
      }
      exchange.sendResponseHeaders(OK, content.length);
      CountDownLatch reached = stuck.get(path);
      if (reached == null) {
        exchange.getResponseBody().write(content);
        return;
      }
      exchange.getResponseBody().write(content, 0, content.length / 2);
      exchange.getResponseBody().flush();
      reached.countDown();
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}

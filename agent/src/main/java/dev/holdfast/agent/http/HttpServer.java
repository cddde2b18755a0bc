package dev.holdfast.agent.http;

import dev.holdfast.agent.Node;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.HostPort;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent's doors: HTTP on a Unix socket, and on TCP where that is asked for.
///
/// One selector thread a door reads requests and writes answers; a virtual thread serves each
/// request. Thread-safe.
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
  private static final int TCP_BACKLOG = 128;
  private static final int BUFFER_BYTES = 4096;
  private static final int POOL_BYTES = 4 * 1024 * 1024;
  private static final UriCompliance SLASH_IN_SEGMENT =
      UriCompliance.RFC3986.with(
          "HOLDFAST",
          UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
          UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING);

  private final Server server;
  private final Dispatcher dispatcher;
  private final HttpLimits limits;
  private final List<ChannelConnector> connectors = new ArrayList<>();
  private Optional<SocketFile> socketFile = Optional.empty();
  private Optional<ServerSocketChannel> tcp = Optional.empty();

  private HttpServer(HttpLimits limits, Node node) {
    this.limits = limits;
    this.dispatcher = new Dispatcher(node, limits);
    this.server = jetty();
    server.setHandler(dispatcher);
    server.setErrorHandler(new ErrorReply());
    server.setStopTimeout(0);
  }

  private static Server jetty() {
    // Jetty's own queue asks JMX for the size of a cache line, which loads JMX, Flight Recorder and
    // an XML parser: 3 MB, and some 30 ms of each start.
    QueuedThreadPool threads = new QueuedThreadPool(8, 2, 60_000, new LinkedBlockingQueue<>());
    threads.setName("http");
    threads.setDaemon(true);
    threads.setReservedThreads(0);
    return new Server(
        threads,
        null,
        new ArrayByteBufferPool(-1, BUFFER_BYTES, 16 * BUFFER_BYTES, -1, POOL_BYTES, POOL_BYTES));
  }

  /// Has Jetty loaded, which takes the first server some 40 ms: an agent that has something else to
  /// do first calls this on another thread.
  public static void warmUp() {
    Server _ = jetty();
  }

  /// Returns when clients can connect.
  ///
  /// @throws IOException when that cannot be; nothing is left behind
  public static HttpServer start(HttpConfig config, Node node) throws IOException {
    HttpServer server = new HttpServer(config.limits(), node);
    try {
      server.listen(config);
      server.server.start();
      server.scheduleSweep();
      return server;
    } catch (Exception e) {
      server.close();
      throw e instanceof IOException io ? io : new IOException(e);
    }
  }

  /// The port that is listened on, for configurations with port 0.
  public int tcpPort() {
    return tcp.map(channel -> channel.socket().getLocalPort()).orElse(0);
  }

  /// Requests that are being served now, but for `/healthz`.
  int served() {
    return dispatcher.served();
  }

  private void listen(HttpConfig config) throws IOException {
    ConnectionBound bound = new ConnectionBound(limits.connections());
    if (config.inheritSocket()) {
      add(inherited(), new SocketDoor(), bound);
    } else if (config.socket().isPresent()) {
      Path path = config.socket().get();
      socketFile = Optional.of(SocketFile.bind(path, config.socketGroup()));
      add(socketFile.get().channel(), new SocketDoor(), bound);
    }
    if (config.tcp().isPresent()) {
      InetSocketAddress address = config.tcp().get();
      Optional<String> token = Optional.empty();
      if (config.tokenFile().isPresent()) {
        token = Optional.of(TokenFile.read(config.tokenFile().get()));
      }
      add(bindTcp(address), new TcpDoor(address, token), bound);
    }
  }

  private static ServerSocketChannel inherited() throws IOException {
    Channel channel = System.inheritedChannel();
    if (channel instanceof ServerSocketChannel listening) {
      return listening;
    }
    throw new IOException("standard input is not a listening socket");
  }

  private ServerSocketChannel bindTcp(InetSocketAddress address) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    tcp = Optional.of(channel);
    try {
      channel.bind(address, TCP_BACKLOG);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
    }
  }

  private void add(ServerSocketChannel channel, Door door, ConnectionBound bound) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(limits.headBytes());
    http.setInputBufferSize(BUFFER_BYTES);
    http.setOutputBufferSize(BUFFER_BYTES);
    http.setHeaderCacheSize(256);
    // For HTTP/1.0 without a Host: a Unix socket has no name of its own.
    http.setServerAuthority(new HostPort("localhost"));
    http.setUriCompliance(SLASH_IN_SEGMENT);
    ChannelConnector connector =
        new ChannelConnector(server, channel, door, bound, new HttpConnectionFactory(http));
    connector.setIdleTimeout(limits.idleTime().toMillis());
    connectors.add(connector);
    server.addConnector(connector);
  }

  /// Drops clients that send a request so slowly that it never ends: each byte keeps a connection
  /// from being idle.
  private void sweep() {
    long latest = System.nanoTime() - limits.requestTime().toNanos();
    for (ChannelConnector connector : connectors) {
      for (var endPoint : connector.getConnectedEndPoints()) {
        if (endPoint instanceof ClientEndPoint client && client.incomingSinceBefore(latest)) {
          client.close(new TimeoutException("the request took too long to come in"));
        }
      }
    }
    scheduleSweep();
  }

  private void scheduleSweep() {
    if (server.isRunning()) {
      Duration interval = limits.requestTime().dividedBy(4);
      server.getScheduler().schedule(this::sweep, interval.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /// Lets what is being served come to its end, for a moment; what waits ends now.
  @Override
  public void close() {
    try {
      for (ChannelConnector connector : connectors) {
        connector.stopAccepting();
      }
      if (socketFile.isPresent()) {
        socketFile.get().close();
      }
      awaitQuiet();
    } catch (IOException e) {
      LOG.warn("closing a socket failed, ignoring: {}", e.getMessage());
    }
    try {
      server.stop();
    } catch (Exception e) {
      LOG.warn("stopping the HTTP server failed, ignoring", e);
    }
  }

  private void awaitQuiet() {
    dispatcher.drain();
    long deadline = System.nanoTime() + limits.grace().toNanos();
    try {
      // Jetty has no event for the last answer's last byte.
      while (dispatcher.served() > 0 && System.nanoTime() - deadline < 0) {
        Thread.sleep(5);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // whoever stops us is in a hurry
    }
  }
}

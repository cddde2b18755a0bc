package dev.holdfast.agent.http;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.Scheduler;

/// Serves a listening socket of either family that somebody else has bound: Jetty's connectors
/// cannot bind in one place and listen in another, and theirs for Unix sockets makes no
/// [ClientEndPoint].
final class ChannelConnector extends AbstractConnector {
  private final ServerSocketChannel channel;
  private final Door door;
  private final ConnectionBound bound;
  private final Selectors selectors;

  ChannelConnector(
      Server server,
      ServerSocketChannel channel,
      Door door,
      ConnectionBound bound,
      HttpConnectionFactory http) {
    super(server, null, null, null, 0, http);
    this.channel = channel;
    this.door = door;
    this.bound = bound;
    this.selectors = new Selectors(getExecutor(), getScheduler());
    installBean(selectors, true);
  }

  /// What those who come this way may do.
  Door door() {
    return door;
  }

  @Override
  protected void doStart() throws Exception {
    selectors.addEventListener(bound);
    super.doStart();
    channel.configureBlocking(false);
    selectors.acceptor(channel);
  }

  /// Nobody connects any more; those who have are served on.
  void stopAccepting() throws IOException {
    channel.close();
  }

  @Override
  protected void doStop() throws Exception {
    super.doStop();
    channel.close();
  }

  @Override
  protected void accept(int acceptor) {
    throw new UnsupportedOperationException("the selector accepts");
  }

  @Override
  public Object getTransport() {
    return channel;
  }

  private final class Selectors extends SelectorManager {
    Selectors(Executor executor, Scheduler scheduler) {
      super(executor, scheduler, 1);
    }

    /// To make or to end a connection takes less than to wake a thread that does. Before the start
    /// this is the selector's own loop.
    @Override
    protected void execute(Runnable task) {
      if (isStarted()) {
        task.run();
      } else {
        super.execute(task);
      }
    }

    @Override
    protected void accepted(SelectableChannel client) throws IOException {
      client.configureBlocking(false);
      accept(client);
    }

    @Override
    protected EndPoint newEndPoint(
        SelectableChannel client, ManagedSelector selector, SelectionKey key) {
      ClientEndPoint endPoint =
          new ClientEndPoint((SocketChannel) client, selector, key, getScheduler(), getExecutor());
      endPoint.setIdleTimeout(getIdleTimeout());
      return endPoint;
    }

    @Override
    public Connection newConnection(
        SelectableChannel client, EndPoint endPoint, Object attachment) {
      return getDefaultConnectionFactory().newConnection(ChannelConnector.this, endPoint);
    }

    @Override
    protected void endPointOpened(EndPoint endPoint) {
      super.endPointOpened(endPoint);
      onEndPointOpened(endPoint);
    }

    @Override
    protected void endPointClosed(EndPoint endPoint) {
      onEndPointClosed(endPoint);
      super.endPointClosed(endPoint);
    }
  }
}

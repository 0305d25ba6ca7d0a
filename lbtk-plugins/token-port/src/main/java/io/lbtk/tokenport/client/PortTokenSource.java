package io.lbtk.tokenport.client;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Shortage;
import io.lbtk.api.Subscription;
import io.lbtk.api.Token;
import io.lbtk.core.source.Listeners;
import io.lbtk.tokenport.zmtp.SocketType;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandler;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A token source on one ZMTP connection, which is re-established until the source is closed.
 *
 * <p>All state is confined to the event loop of the connection; calls from other threads are posted
 * to it.
 */
abstract class PortTokenSource implements RemoteTokenSource {

  final String address;
  final ClientLoop loop;
  final ZmtpConnector connector;
  private final Consumer<RemoteTokenSource> whenClosed;
  private final Listeners<Boolean> connectionListeners = new Listeners<>();
  private volatile boolean connected;
  volatile boolean standby;
  boolean closed;

  /**
   * Creates a source that is not started.
   *
   * @param address the URI of the other end
   * @param loop the event loop of the connection, and the executor of the taker
   * @param network the resources shared by the connections of the transport
   * @param own the socket type of this end
   * @param peer the required socket type of the other end
   * @param options sets further options of the socket
   * @param whenClosed called once, when the source is closed
   */
  PortTokenSource(
      URI address,
      ClientLoop loop,
      ClientNetwork network,
      SocketType own,
      SocketType peer,
      Consumer<Bootstrap> options,
      Consumer<RemoteTokenSource> whenClosed) {
    this.address = address.toString();
    this.loop = loop;
    this.whenClosed = whenClosed;
    this.connector =
        new ZmtpConnector(
            loop.eventLoop(),
            PortAddress.of(address),
            this.address,
            network,
            own,
            peer,
            options,
            this::newSession);
  }

  /** Creates the handler of a new connection. */
  abstract ChannelHandler newSession();

  /** Starts to connect. */
  public final void start() {
    loop.run(connector::start);
  }

  /** Fails a take on the executor of its taker. */
  final void fail(CompletableFuture<Token> take, Demand demand, Shortage shortage) {
    NoTokenException failure = failure(demand, shortage);
    if (!loop.runForTaker(() -> take.completeExceptionally(failure))) {
      take.completeExceptionally(failure);
    }
  }

  /** Returns the exception for a demand that gets no token. */
  final NoTokenException failure(Demand demand, Shortage shortage) {
    String message =
        switch (shortage) {
          case EXCLUDED -> "every target that may be picked is excluded by the demand";
          case EXPIRED -> "no token within " + demand.timeout().toMillis() + " ms";
          case CLOSED -> "the connection was closed here";
          default -> "no token";
        };
    String where = connected ? address : address + (standby ? " (a standby)" : " (not connected)");
    return new NoTokenException(shortage, where + ": " + message);
  }

  /** Sets whether the other end is a standby, which counts as not connected. */
  final void setRole(boolean asStandby) {
    standby = asStandby;
    connector.role(asStandby);
    setConnected(!asStandby);
  }

  /** Sets whether the other end gives tokens, and notifies the listeners of a change. */
  final void setConnected(boolean now) {
    if (connected != now) {
      connected = now;
      loop.runForTaker(() -> connectionListeners.tell(now));
    }
  }

  /** Records why the connection is about to be closed. */
  final void failing(String reason) {
    connector.failing(reason);
  }

  @Override
  public final boolean connected() {
    return connected;
  }

  @Override
  public final Subscription onConnection(Consumer<Boolean> listener) {
    return connectionListeners.add(listener);
  }

  @Override
  public final void close() {
    loop.run(
        () -> {
          if (!closed) {
            closed = true;
            endAll();
            connector.stop();
            whenClosed.accept(this);
          }
        });
  }

  /** Ends all demands and the session, before the connection is closed. Called once. */
  abstract void endAll();

  /** Returns the address, for logs. */
  @Override
  public final String toString() {
    return address;
  }
}

package io.lbtk.proxy.tcp;

import io.lbtk.api.StartException;
import io.lbtk.net.tls.Tls;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An implementation of accepting, connecting and relaying. The proxies for TCP differ only in this;
 * tokens, attempts, timeouts, outcomes and the lifecycle are shared.
 */
public interface TunnelEngine {

  /**
   * Returns this engine with TLS on its tunnels.
   *
   * @param who the component that asks, for errors
   * @throws StartException if this engine does not support TLS
   */
  default TunnelEngine with(Tls tls, String who) {
    throw new StartException(
        who + ": TLS is not supported by this type of proxy (expected: tcp-nio, tcp)");
  }

  /** Returns the factory of the I/O handlers of the event loops. */
  IoHandlerFactory ioHandlers();

  /**
   * Returns whether the engine uses Linux sockets directly, and so supports socket options that
   * Java does not.
   */
  boolean isOnPlainSockets();

  /** Creates the connector of one loop. */
  Connector connector(EventLoop loop, TunnelSettings settings);

  /**
   * Listens, and starts tunnels on the loops. Blocks until the address is bound.
   *
   * @throws StartException if the address cannot be bound; the message names it
   */
  Acceptor open(String who, Listening listening, List<ProxyLoop> loops);

  /** Connects the tunnels of one loop to their targets. Confined to that loop. */
  interface Connector extends AutoCloseable {

    /**
     * Starts to connect. The result is reported to {@link Attempt#connected} or {@link
     * Attempt#failed}, never before this method returns.
     *
     * @return the end of the target; closing it also cancels the connect, without a report
     * @throws ChannelException if the system has no socket left
     */
    TunnelEnd connect(Tunnel tunnel, InetSocketAddress address, Attempt attempt);

    /** Releases the resources of this connector, whose tunnels are closed already. */
    @Override
    default void close() {}
  }

  /** The listening sockets of a proxy. */
  interface Acceptor extends AutoCloseable {

    /** Returns the bound address, with the actual port. */
    InetSocketAddress address();

    /** Tells the previous process on this address, if any, to stop accepting. */
    default void takeOver() {}

    /**
     * Returns a future that completes when the next process has taken over; this one then accepts
     * no more.
     */
    default CompletableFuture<@Nullable Void> takenOver() {
      return new CompletableFuture<>();
    }

    /**
     * Returns a future that completes when the next process has taken over or the wait for it has
     * ended, as {@link io.lbtk.api.Proxy#awaitSuccessor}.
     */
    default CompletableFuture<@Nullable Void> awaitSuccessor(Duration limit) {
      return CompletableFuture.completedFuture(null);
    }

    /** Stops accepting. The future completes when every listening socket is closed. */
    CompletableFuture<@Nullable Void> closed();

    /** Stops accepting, and waits for it unless called on a loop. A second call does nothing. */
    @Override
    void close();
  }
}

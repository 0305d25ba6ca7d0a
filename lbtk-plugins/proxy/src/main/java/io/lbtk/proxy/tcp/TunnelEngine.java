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
 * One way to accept, to connect and to move bytes: what differs between the proxies for TCP. All
 * else is the same for each: tokens, attempts, times, outcomes, how a proxy starts and ends.
 */
public interface TunnelEngine {

  /**
   * This engine with TLS on its tunnels.
   *
   * @param who whose it is, for errors
   * @throws StartException if it speaks none
   */
  default TunnelEngine with(Tls tls, String who) {
    throw new StartException(who + ": TLS is not for this type of proxy (expected: tcp-nio, tcp)");
  }

  /** What the loops of this engine wait by. */
  IoHandlerFactory ioHandlers();

  /**
   * Whether it works on the sockets of Linux themselves, and so can do what Java has no call for.
   */
  boolean isOnPlainSockets();

  /** The part of this engine that connects the tunnels of one loop. */
  Connector connector(EventLoop loop, TunnelSettings settings);

  /**
   * Listens, and begins tunnels on the loops. Blocks until the address is bound.
   *
   * @throws StartException if it cannot be bound; the message names the address
   */
  Acceptor open(String who, Listening listening, List<ProxyLoop> loops);

  /** Connects to targets, for the tunnels of one loop, which alone calls it. */
  interface Connector extends AutoCloseable {

    /**
     * Begins to connect. The attempt is told how it ended by {@link Attempt#connected} or {@link
     * Attempt#failed}, never before this returns.
     *
     * @return the side of the target; closing it ends the connecting too, without a word
     * @throws ChannelException if the system has no socket left
     */
    TunnelEnd connect(Tunnel tunnel, InetSocketAddress address, Attempt attempt);

    /** Gives back what it holds; its tunnels are closed already. */
    @Override
    default void close() {}
  }

  /** Where clients come in. */
  interface Acceptor extends AutoCloseable {

    /** Where it listens, with the real port. */
    InetSocketAddress address();

    /** Lets the process that was here before stop accepting, if there is one. */
    default void takeOver() {}

    /** Completes when the next process has done so: then this one does not accept any more. */
    default CompletableFuture<@Nullable Void> takenOver() {
      return new CompletableFuture<>();
    }

    /**
     * Completes when the next process has taken over, or no longer is to be waited for, as {@link
     * io.lbtk.api.Proxy#awaitSuccessor}.
     */
    default CompletableFuture<@Nullable Void> awaitSuccessor(Duration limit) {
      return CompletableFuture.completedFuture(null);
    }

    /** Stops accepting; completes when every listening socket is closed. */
    CompletableFuture<@Nullable Void> closed();

    /**
     * Stops accepting, and waits for it unless the caller is a loop. A second call does nothing.
     */
    @Override
    void close();
  }
}

package io.lbtk.tokenport.client;

import io.lbtk.api.RemoteTokenSource;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Creates lease peers that are connected to token ports.
 *
 * <p>Thread-safe.
 */
public final class LeaseConnections implements AutoCloseable {

  private final ClientNetwork network = new ClientNetwork();
  private final List<RemoteTokenSource> peers = new CopyOnWriteArrayList<>();

  /** Creates an instance without connections. */
  public LeaseConnections() {}

  /**
   * Connects to a token port, which need not be reachable yet. The connection is re-established
   * until the returned source is closed.
   *
   * @param address the address of the token port
   * @param executor the executor that completes the futures. A Netty event loop on NIO or epoll
   *     also runs the connection, which saves a thread switch per token; otherwise a shared loop
   *     runs it
   * @throws IllegalArgumentException if the address is not {@code scheme://host:port}
   * @throws IllegalStateException if this instance is closed
   */
  public RemoteTokenSource connect(URI address, Executor executor) {
    String name = "%016x".formatted(ThreadLocalRandom.current().nextLong());
    LeaseTokenSource peer =
        new LeaseTokenSource(address, name, network.loopFor(executor), network, peers::remove);
    peers.add(peer);
    peer.start();
    return peer;
  }

  /** Closes all connections. A second call does nothing. */
  @Override
  public void close() {
    peers.forEach(RemoteTokenSource::close);
    peers.clear();
    network.close();
  }
}

package io.lbtk.tokenport.client;

import io.lbtk.api.RemoteTokenSource;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Connects lease peers to token ports.
 *
 * <p>Thread-safe.
 */
public final class LeaseConnections implements AutoCloseable {

  private final ClientNetwork network = new ClientNetwork();
  private final List<RemoteTokenSource> peers = new CopyOnWriteArrayList<>();

  /** None yet. */
  public LeaseConnections() {}

  /**
   * Connects to a token port, for as long as the source is not closed. It need not be there yet.
   *
   * @param executor completes what was taken. A Netty event loop for NIO runs the connection too:
   *     then tokens cross no thread. Else one loop runs all other connections
   * @throws IllegalArgumentException if the address is not {@code scheme://host:port}
   * @throws IllegalStateException if this was closed
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

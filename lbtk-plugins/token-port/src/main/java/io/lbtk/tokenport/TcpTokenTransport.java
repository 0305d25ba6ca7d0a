package io.lbtk.tokenport;

import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Ticker;
import io.lbtk.api.TokenSource;
import io.lbtk.api.TokenTransport;
import io.lbtk.tokenport.client.LeaseConnections;
import io.lbtk.tokenport.server.PortOptions;
import io.lbtk.tokenport.server.TokenPortServer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** Carries tokens over TCP by ZMTP 3, {@code tcp://host:port}. Thread-safe. */
final class TcpTokenTransport implements TokenTransport {

  private final PortOptions options;
  private final Ticker ticker;
  private final LeaseConnections connections = new LeaseConnections();
  private final List<TokenPortServer> ports = new ArrayList<>();
  private boolean closed;

  TcpTokenTransport(PortOptions options, Ticker ticker) {
    this.options = options;
    this.ticker = ticker;
  }

  @Override
  public Publication publish(URI address, TokenSource source) {
    TokenPortServer port = TokenPortServer.open(address, source, options, ticker);
    synchronized (this) {
      if (!closed) {
        ports.add(port);
        return port;
      }
    }
    port.close();
    throw new IllegalStateException("the transport is closed (expected: publish before close)");
  }

  @Override
  public RemoteTokenSource connect(URI address, Executor executor) {
    return connections.connect(address, executor);
  }

  @Override
  public void close() {
    List<TokenPortServer> open;
    synchronized (this) {
      closed = true;
      open = List.copyOf(ports);
      ports.clear();
    }
    connections.close();
    open.forEach(TokenPortServer::close);
  }
}

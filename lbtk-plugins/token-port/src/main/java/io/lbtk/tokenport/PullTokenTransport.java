package io.lbtk.tokenport;

import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.StartException;
import io.lbtk.api.TokenSource;
import io.lbtk.api.TokenTransport;
import io.lbtk.tokenport.client.ClientNetwork;
import io.lbtk.tokenport.client.PullTokenSource;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/** Takes tokens from ZeroMQ PUSH sockets, {@code pull+tcp://host:port}. Thread-safe. */
public final class PullTokenTransport implements TokenTransport {

  private final ClientNetwork network = new ClientNetwork();
  private final List<RemoteTokenSource> sources = new CopyOnWriteArrayList<>();

  @Override
  public Publication publish(URI address, TokenSource source) {
    throw new StartException(
        "%s: this scheme only takes tokens (expected: tcp://host:port, which serves PULL too)"
            .formatted(address));
  }

  @Override
  public RemoteTokenSource connect(URI address, Executor executor) {
    PullTokenSource source =
        new PullTokenSource(address, network.loopFor(executor), network, sources::remove);
    sources.add(source);
    source.start();
    return source;
  }

  @Override
  public void close() {
    sources.forEach(RemoteTokenSource::close);
    sources.clear();
    network.close();
  }
}

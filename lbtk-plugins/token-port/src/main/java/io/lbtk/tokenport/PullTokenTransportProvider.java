package io.lbtk.tokenport;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.api.TokenTransport;
import io.lbtk.api.TokenTransportProvider;
import io.lbtk.tokenport.client.PortAddress;
import java.net.URI;
import java.util.List;

/**
 * Creates the transport of {@code pull+tcp://} URIs: a PULL socket connected to any PUSH socket.
 */
@AutoService(TokenTransportProvider.class)
public final class PullTokenTransportProvider implements TokenTransportProvider {

  /** Creates the provider; called by ServiceLoader. */
  public PullTokenTransportProvider() {}

  @Override
  public String name() {
    return "pull+tcp";
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public String doc() {
    return "Tokens from any ZeroMQ PUSH socket: one message, one host:port. No limits, no outcomes.";
  }

  @Override
  public void checkPublish(URI address) {
    throw new IllegalArgumentException(
        "expected: tcp://host:port, which serves PULL too; " + name() + " only takes tokens");
  }

  @Override
  public void checkConnect(URI address) {
    PortAddress.check(address);
  }

  @Override
  public TokenTransport create(Settings settings, Context context) {
    return new PullTokenTransport();
  }
}

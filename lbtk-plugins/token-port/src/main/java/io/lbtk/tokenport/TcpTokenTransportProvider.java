package io.lbtk.tokenport;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.api.TokenTransport;
import io.lbtk.api.TokenTransportProvider;
import io.lbtk.tokenport.client.PortAddress;
import io.lbtk.tokenport.server.PortOptions;
import io.lbtk.tokenport.server.TokenPortServer;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** Creates the transport of {@code tcp://} URIs: token ports, and connections to them. */
@AutoService(TokenTransportProvider.class)
public final class TcpTokenTransportProvider implements TokenTransportProvider {

  static final Option<Duration> LEASE_GRACE =
      Option.duration("lease-grace")
          .orElse(PortOptions.DEFAULT_LEASE_GRACE)
          .doc(
              "Time for which the connections of a proxy still count after it vanished, unless it"
                  + " reconnects and declares them.");

  static final Option<Duration> HANDSHAKE_TIMEOUT =
      Option.duration("handshake-timeout")
          .orElse(PortOptions.DEFAULT_HANDSHAKE_TIMEOUT)
          .check(timeout -> !timeout.isZero(), "more than 0")
          .doc("Time within which a connection to the token port must complete its handshake.");

  /** Creates the provider; called by ServiceLoader. */
  public TcpTokenTransportProvider() {}

  @Override
  public String name() {
    return "tcp";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(LEASE_GRACE, HANDSHAKE_TIMEOUT);
  }

  @Override
  public String doc() {
    return "The token port: ZeroMQ's protocol, for lease peers (DEALER) and any PULL socket.";
  }

  @Override
  public void checkPublish(URI address) {
    TokenPortServer.listenAddress(address);
  }

  @Override
  public void checkConnect(URI address) {
    PortAddress.check(address);
  }

  @Override
  public TokenTransport create(Settings settings, Context context) {
    PortOptions options =
        new PortOptions(context.name(), settings.get(LEASE_GRACE), settings.get(HANDSHAKE_TIMEOUT));
    return new TcpTokenTransport(options, context.ticker());
  }
}

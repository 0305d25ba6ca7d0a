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

/** Makes the transport of {@code tcp://} URIs: the token port, and connections to one. */
@AutoService(TokenTransportProvider.class)
public final class TcpTokenTransportProvider implements TokenTransportProvider {

  static final Option<Duration> LEASE_GRACE =
      Option.duration("lease-grace")
          .orElse(Duration.ofSeconds(5))
          .doc(
              "How long the connections of a proxy that is gone without a word still count, unless"
                  + " it comes back and says which it has.");

  static final Option<Duration> HANDSHAKE_TIMEOUT =
      Option.duration("handshake-timeout")
          .orElse(Duration.ofSeconds(5))
          .check(timeout -> !timeout.isZero(), "more than 0")
          .doc("How long a connection to the token port may take to say what it is.");

  /** For ServiceLoader. */
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
    return "The token port: ZeroMQ's wire, for lease peers (DEALER) and open to any PULL socket.";
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

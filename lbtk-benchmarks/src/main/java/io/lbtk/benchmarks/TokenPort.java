package io.lbtk.benchmarks;

import io.lbtk.api.Context;
import io.lbtk.api.Refresher;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Ticker;
import io.lbtk.api.TokenSource;
import io.lbtk.api.TokenTransport;
import io.lbtk.api.TokenTransportProvider;
import io.lbtk.core.settings.Problems;
import io.lbtk.core.settings.SettingsBinder;
import java.net.URI;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** A token port on the loopback, with the settings that it has by default. */
final class TokenPort implements AutoCloseable {

  private static final String ANY_PORT = "tcp://127.0.0.1:0";

  private final TokenTransport transport;
  private final URI address;

  /** Serves the tokens of a source, which stays the caller's. */
  TokenPort(TokenSource source) {
    TokenTransportProvider provider = provider("tcp");
    transport =
        provider.create(
            new SettingsBinder(List.of(), name -> null, new Problems())
                .single("generator.main")
                .bind(provider.options()),
            new PlainContext());
    address = transport.publish(URI.create(ANY_PORT), source).address();
  }

  private static TokenTransportProvider provider(String name) {
    return ServiceLoader.load(TokenTransportProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** A connection to it. */
  RemoteTokenSource connect(Executor loop) {
    return transport.connect(address, loop);
  }

  @Override
  public void close() {
    transport.close();
  }

  private static final class PlainContext implements Context {

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();

    @Override
    public String name() {
      return "generator.main";
    }

    @Override
    public ScheduledExecutorService scheduler() {
      return scheduler;
    }

    @Override
    public Ticker ticker() {
      return Ticker.system();
    }

    @Override
    public Refresher refresher(String name) {
      throw new UnsupportedOperationException("there is none");
    }

    @Override
    public TokenSource tokenSource(List<String> names, Executor executor) {
      throw new UnsupportedOperationException("there is none");
    }
  }
}

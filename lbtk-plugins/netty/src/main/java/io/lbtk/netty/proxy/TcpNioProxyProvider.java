package io.lbtk.netty.proxy;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Proxy;
import io.lbtk.api.ProxyProvider;
import io.lbtk.api.Settings;
import java.util.List;

/** Makes a {@link TcpNioProxy} by settings. */
@AutoService(ProxyProvider.class)
public final class TcpNioProxyProvider implements ProxyProvider {

  /** Called by ServiceLoader. */
  public TcpNioProxyProvider() {}

  @Override
  public String name() {
    return "tcp-nio";
  }

  @Override
  public String doc() {
    return "Tunnels TCP by copying, wherever Java runs.";
  }

  @Override
  public List<Option<?>> options() {
    return TcpOptions.ALL;
  }

  @Override
  public Proxy create(Settings settings, Context context) {
    List<String> names = settings.get(TcpOptions.TOKENS);
    TcpNioProxy.Builder builder =
        TcpNioProxy.builder()
            .name(context.name())
            .listen(settings.get(TcpOptions.LISTEN))
            .tokens(loop -> context.tokenSource(names, loop))
            .attempts(settings.get(TcpOptions.ATTEMPTS))
            .attemptsTimeout(settings.get(TcpOptions.ATTEMPTS_TIMEOUT))
            .retryBudget(settings.get(TcpOptions.RETRY_BUDGET))
            .connectTimeout(settings.get(TcpOptions.CONNECT_TIMEOUT))
            .tokenTimeout(settings.get(TcpOptions.TOKEN_TIMEOUT))
            .idleTimeout(settings.get(TcpOptions.IDLE_TIMEOUT))
            .finTimeout(settings.get(TcpOptions.FIN_TIMEOUT))
            .key(settings.get(TcpOptions.KEY));
    settings.find(TcpOptions.LOOPS).ifPresent(builder::loops);
    return builder.build();
  }
}

package io.lbtk.netty.proxy;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Proxy;
import io.lbtk.api.ProxyProvider;
import io.lbtk.api.Settings;
import java.util.List;

/**
 * Makes the {@link TcpProxy} that is to be had if none is asked for: for now that is the portable
 * one.
 */
@AutoService(ProxyProvider.class)
public final class TcpProxyProvider implements ProxyProvider {

  /** Called by ServiceLoader. */
  public TcpProxyProvider() {}

  @Override
  public String name() {
    return "tcp";
  }

  @Override
  public String doc() {
    return "Tunnels TCP by the best way that works here.";
  }

  @Override
  public List<Option<?>> options() {
    return TcpOptions.ALL;
  }

  @Override
  public Proxy create(Settings settings, Context context) {
    return TcpOptions.proxy(TcpProxy.nio(), settings, context);
  }
}

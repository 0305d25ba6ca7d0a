package io.lbtk.netty.proxy;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Proxy;
import io.lbtk.api.ProxyProvider;
import io.lbtk.api.Settings;
import java.util.List;

/** Makes the best TCP proxy that works here: for now that is {@link TcpNioProxy}. */
@AutoService(ProxyProvider.class)
public final class TcpProxyProvider implements ProxyProvider {

  private final TcpNioProxyProvider portable = new TcpNioProxyProvider();

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
    return portable.options();
  }

  @Override
  public Proxy create(Settings settings, Context context) {
    return portable.create(settings, context);
  }
}

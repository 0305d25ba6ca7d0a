package io.lbtk.netty.proxy;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Proxy;
import io.lbtk.api.ProxyProvider;
import io.lbtk.api.Settings;
import java.util.List;

/** Makes a {@link TcpProxy#nio} by settings. */
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
    return TcpOptions.proxy(TcpProxy.nio(), settings, context);
  }
}

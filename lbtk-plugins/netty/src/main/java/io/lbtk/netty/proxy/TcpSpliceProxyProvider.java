package io.lbtk.netty.proxy;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Proxy;
import io.lbtk.api.ProxyProvider;
import io.lbtk.api.Settings;
import java.util.List;

/** Makes a {@link TcpProxy#splice} by settings. */
@AutoService(ProxyProvider.class)
public final class TcpSpliceProxyProvider implements ProxyProvider {

  /** Called by ServiceLoader. */
  public TcpSpliceProxyProvider() {}

  @Override
  public String name() {
    return "tcp-splice";
  }

  @Override
  public String doc() {
    return "Tunnels TCP without copying what is much, on Linux.";
  }

  @Override
  public List<Option<?>> options() {
    return TcpOptions.ALL;
  }

  @Override
  public Proxy create(Settings settings, Context context) {
    return TcpOptions.proxy(TcpProxy.splice(), settings, context);
  }
}

package io.lbtk.proxy;

import com.google.auto.service.AutoService;
import io.lbtk.api.ProxyProvider;

/** Provides {@link TcpProxy#builder} by settings. */
@AutoService(ProxyProvider.class)
public final class TcpProxyProvider extends TcpProvider {

  /** Called by {@link java.util.ServiceLoader}. */
  public TcpProxyProvider() {
    super(
        "tcp",
        "Tunnels TCP by the best way that works here: tcp-splice, or else tcp-nio, as for TLS.",
        true,
        TcpProxy::builder);
  }
}

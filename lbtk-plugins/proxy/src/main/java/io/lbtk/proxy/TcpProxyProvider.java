package io.lbtk.proxy;

import com.google.auto.service.AutoService;
import io.lbtk.api.ProxyProvider;

/** Makes a {@link TcpProxy#builder} by settings. */
@AutoService(ProxyProvider.class)
public final class TcpProxyProvider extends TcpProvider {

  /** Called by ServiceLoader. */
  public TcpProxyProvider() {
    super(
        "tcp",
        "Tunnels TCP by the best way that works here: tcp-splice, or else tcp-nio, as for TLS.",
        true,
        TcpProxy::builder);
  }
}

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
        "Relays TCP by tcp-splice if it is available, else by tcp-nio; with TLS by tcp-nio.",
        true,
        TcpProxy::builder);
  }
}

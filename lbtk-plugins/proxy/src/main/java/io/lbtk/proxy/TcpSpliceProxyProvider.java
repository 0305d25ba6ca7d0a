package io.lbtk.proxy;

import com.google.auto.service.AutoService;
import io.lbtk.api.ProxyProvider;

/** Provides {@link TcpProxy#splice} by settings. */
@AutoService(ProxyProvider.class)
public final class TcpSpliceProxyProvider extends TcpProvider {

  /** Called by {@link java.util.ServiceLoader}. */
  public TcpSpliceProxyProvider() {
    super(
        "tcp-splice",
        "Relays TCP on Linux: large transfers by splice, without a copy.",
        false,
        TcpProxy::splice);
  }
}

package io.lbtk.proxy;

import com.google.auto.service.AutoService;
import io.lbtk.api.ProxyProvider;

/** Provides {@link TcpProxy#nio} by settings. */
@AutoService(ProxyProvider.class)
public final class TcpNioProxyProvider extends TcpProvider {

  /** Called by {@link java.util.ServiceLoader}. */
  public TcpNioProxyProvider() {
    super("tcp-nio", "Tunnels TCP by copying, wherever Java runs.", true, TcpProxy::nio);
  }
}

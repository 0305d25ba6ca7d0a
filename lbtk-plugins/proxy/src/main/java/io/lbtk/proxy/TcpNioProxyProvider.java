package io.lbtk.proxy;

import com.google.auto.service.AutoService;
import io.lbtk.api.ProxyProvider;

/** Makes a {@link TcpProxy#nio} by settings. */
@AutoService(ProxyProvider.class)
public final class TcpNioProxyProvider extends TcpProvider {

  /** Called by ServiceLoader. */
  public TcpNioProxyProvider() {
    super("tcp-nio", "Tunnels TCP by copying, wherever Java runs.", true, TcpProxy::nio);
  }
}

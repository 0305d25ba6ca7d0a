package io.lbtk.proxy;

import com.google.auto.service.AutoService;
import io.lbtk.api.ProxyProvider;

/** Provides {@link TcpProxy#nio} by settings. */
@AutoService(ProxyProvider.class)
public final class TcpNioProxyProvider extends TcpProvider {

  /** Called by {@link java.util.ServiceLoader}. */
  public TcpNioProxyProvider() {
    super("tcp-nio", "Relays TCP by copying, on all platforms.", true, TcpProxy::nio);
  }
}

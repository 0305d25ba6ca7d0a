package io.lbtk.proxy;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Proxy;
import io.lbtk.api.ProxyProvider;
import io.lbtk.api.Settings;
import java.util.List;

/** Provides {@link UdpProxy} by settings. */
@AutoService(ProxyProvider.class)
public final class UdpProxyProvider implements ProxyProvider {

  /** Called by {@link java.util.ServiceLoader}. */
  public UdpProxyProvider() {}

  @Override
  public String name() {
    return "udp";
  }

  @Override
  public String doc() {
    return "Relays datagrams, with one token for each address of a client.";
  }

  @Override
  public String protocol() {
    return "udp";
  }

  @Override
  public List<Option<?>> options() {
    return UdpOptions.ALL;
  }

  @Override
  public Proxy create(Settings settings, Context context) {
    return UdpOptions.proxy(settings, context);
  }
}

package io.lbtk.proxy;

import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Proxy;
import io.lbtk.api.ProxyProvider;
import io.lbtk.api.Settings;
import java.util.List;
import java.util.function.Supplier;

/** A provider of {@link TcpProxy}. */
abstract class TcpProvider implements ProxyProvider {

  private final String name;
  private final String doc;
  private final boolean tls;
  private final Supplier<TcpProxy.Builder> builder;

  /**
   * Creates a provider.
   *
   * @param tls whether its proxies support TLS
   */
  TcpProvider(String name, String doc, boolean tls, Supplier<TcpProxy.Builder> builder) {
    this.name = name;
    this.doc = doc;
    this.tls = tls;
    this.builder = builder;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String doc() {
    return doc;
  }

  @Override
  public final List<Option<?>> options() {
    return tls ? TlsOptions.withAll(TcpOptions.ALL) : TcpOptions.ALL;
  }

  @Override
  public final Proxy create(Settings settings, Context context) {
    TcpProxy.Builder made = builder.get();
    if (tls) {
      TlsOptions.find(settings, context).ifPresent(made::tls);
    }
    return TcpOptions.proxy(made, settings, context);
  }
}

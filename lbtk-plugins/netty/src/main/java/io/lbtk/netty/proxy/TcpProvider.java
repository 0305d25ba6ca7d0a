package io.lbtk.netty.proxy;

import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Proxy;
import io.lbtk.api.ProxyProvider;
import io.lbtk.api.Settings;
import java.util.List;
import java.util.function.Supplier;

/** Makes a {@link TcpProxy} by settings. */
abstract class TcpProvider implements ProxyProvider {

  private final String name;
  private final String doc;
  private final Supplier<TcpProxy.Builder> builder;

  TcpProvider(String name, String doc, Supplier<TcpProxy.Builder> builder) {
    this.name = name;
    this.doc = doc;
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
    return TcpOptions.ALL;
  }

  @Override
  public final Proxy create(Settings settings, Context context) {
    return TcpOptions.proxy(builder.get(), settings, context);
  }
}

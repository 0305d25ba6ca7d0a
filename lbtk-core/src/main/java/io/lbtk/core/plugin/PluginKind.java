package io.lbtk.core.plugin;

import io.lbtk.api.HealthCheckProvider;
import io.lbtk.api.PolicyProvider;
import io.lbtk.api.Provider;
import io.lbtk.api.ProxyProvider;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.RegistrarProvider;
import io.lbtk.api.TokenTransportProvider;
import java.util.List;

/**
 * The kinds of plugins.
 *
 * @param <P> the interface that the plugin implements
 */
public final class PluginKind<P extends Provider<?>> {

  static final String SERVICES = "META-INF/services/";

  /** Reports which targets exist. */
  public static final PluginKind<RefresherProvider> REFRESHER =
      new PluginKind<>("refresher", RefresherProvider.class);

  /** Picks a target for each demand. */
  public static final PluginKind<PolicyProvider> POLICY =
      new PluginKind<>("policy", PolicyProvider.class);

  /** Relays connections. */
  public static final PluginKind<ProxyProvider> PROXY =
      new PluginKind<>("proxy", ProxyProvider.class);

  /** Carries tokens between processes. */
  public static final PluginKind<TokenTransportProvider> TOKEN_TRANSPORT =
      new PluginKind<>("token transport", TokenTransportProvider.class);

  /** Checks whether a target works. */
  public static final PluginKind<HealthCheckProvider> HEALTH_CHECK =
      new PluginKind<>("health check", HealthCheckProvider.class);

  /** Keeps an entry in a directory. */
  public static final PluginKind<RegistrarProvider> REGISTRAR =
      new PluginKind<>("registrar", RegistrarProvider.class);

  /** Every kind. */
  public static final List<PluginKind<?>> ALL =
      List.of(REFRESHER, POLICY, PROXY, TOKEN_TRANSPORT, HEALTH_CHECK, REGISTRAR);

  private final String word;
  private final Class<P> type;

  private PluginKind(String word, Class<P> type) {
    this.word = word;
    this.type = type;
  }

  Class<P> type() {
    return type;
  }

  /** Returns the resource in which a jar names its plugins of this kind. */
  String resource() {
    return SERVICES + type.getName();
  }

  /** Returns the kind as messages name it: {@code refresher}. */
  @Override
  public String toString() {
    return word;
  }
}

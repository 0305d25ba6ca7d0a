package io.lbtk.launcher.topology;

import io.lbtk.api.ForwardingTokenSource;
import io.lbtk.api.Refresher;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.api.StartException;
import io.lbtk.api.TokenSource;
import io.lbtk.api.TokenTransport;
import io.lbtk.api.TokenTransportProvider;
import io.lbtk.core.Generator;
import io.lbtk.core.plugin.Plugin;
import io.lbtk.core.plugin.PluginRegistry;
import io.lbtk.core.source.FailoverTokenSource;
import io.lbtk.core.source.SourceLog;
import io.lbtk.core.source.SurvivalTokenSource;
import io.lbtk.core.source.WindowTokenSource;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiFunction;

/**
 * Creates the token sources of proxies from the option {@code tokens}: a generator of the same
 * settings, or token ports in order, or those that a refresher finds, with failover, a survival
 * list and a window. Thread-safe.
 */
final class TokenSources implements AutoCloseable {

  private static final String REFRESHER = "refresher:";

  private final Plan plan;
  private final BiFunction<PartContext, String, Refresher> refreshers;
  private final Map<String, Generator> generators;
  private final Map<String, TokenTransport> transports = new ConcurrentHashMap<>();

  /** Logs by part, so that all loops of a proxy share one. */
  private final Map<String, SourceLog> logs = new ConcurrentHashMap<>();

  /** Remote sources by part, one for each loop. */
  private final Map<String, List<RemoteTokenSource>> remotes = new ConcurrentHashMap<>();

  /** Discovered ports by part, so that all loops of a proxy share one refresher. */
  private final Map<String, TokenPorts> discovered = new ConcurrentHashMap<>();

  /**
   * Creates a factory.
   *
   * @param plan the plan
   * @param generators the generators, which may be added later
   * @param refreshers creates the refresher of a name for a part
   */
  TokenSources(
      Plan plan,
      Map<String, Generator> generators,
      BiFunction<PartContext, String, Refresher> refreshers) {
    this.plan = plan;
    this.refreshers = refreshers;
    this.generators = generators;
  }

  /** Returns true if the name refers to a refresher that finds token ports. */
  static boolean isRefresher(String name) {
    return name.startsWith(REFRESHER);
  }

  /** Returns the name of that refresher. */
  static String refresherName(String name) {
    return name.substring(REFRESHER.length());
  }

  /** Creates the token source for one loop of a proxy. */
  TokenSource create(PartContext asker, List<String> names, int window, Executor executor) {
    Generator generator = generators.get(names.get(0));
    if (generator != null) {
      return new SharedTokenSource(generator);
    }
    if (plan.generators.containsKey(names.get(0))) {
      throw new StartException(
          "%s: generator.%s did not start".formatted(asker.name(), names.get(0)));
    }
    ScheduledExecutorService timers =
        executor instanceof ScheduledExecutorService loop ? loop : asker.scheduler();
    SourceLog log = logs.computeIfAbsent(asker.name(), name -> new SourceLog());
    RemoteTokenSource port =
        isRefresher(names.get(0))
            ? discovered(asker, refresherName(names.get(0)), executor, timers, log)
            : ports(asker, names, executor, timers, log);
    remotes.computeIfAbsent(asker.name(), name -> new CopyOnWriteArrayList<>()).add(port);
    TokenSource source = new SurvivalTokenSource(port, asker.ticker(), log);
    return window == 0
        ? source
        : new WindowTokenSource(
            source, window, WindowTokenSource.DEFAULT_MAX_AGE, timers, asker.ticker());
  }

  /**
   * Returns true if a part takes its tokens from other processes, and is connected to none of them.
   */
  boolean isWithoutGenerator(String part) {
    List<RemoteTokenSource> used = remotes.getOrDefault(part, List.of());
    return !used.isEmpty() && used.stream().noneMatch(RemoteTokenSource::connected);
  }

  private RemoteTokenSource ports(
      PartContext asker,
      List<String> names,
      Executor executor,
      ScheduledExecutorService timers,
      SourceLog log) {
    List<RemoteTokenSource> ports = new ArrayList<>();
    for (String name : names) {
      ports.add(connect(asker, name, executor));
    }
    return ports.size() == 1
        ? ports.get(0)
        : new FailoverTokenSource(ports, timers, asker.ticker(), log);
  }

  private RemoteTokenSource discovered(
      PartContext asker,
      String refresher,
      Executor executor,
      ScheduledExecutorService timers,
      SourceLog log) {
    FailoverTokenSource source = new FailoverTokenSource(List.of(), timers, asker.ticker(), log);
    discovered
        .computeIfAbsent(
            asker.name(), name -> new TokenPorts(name, refreshers.apply(asker, refresher)))
        .follow(uri -> connect(asker, uri, executor), source::use);
    return source;
  }

  /** Connects to one port, without wrappers. */
  RemoteTokenSource connect(PartContext asker, String name, Executor executor) {
    URI uri = uri(asker, name);
    TokenTransport transport =
        transports.computeIfAbsent(uri.getScheme(), scheme -> transport(asker, uri));
    try {
      return transport.connect(uri, executor);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(
          "%s: tokens = %s: %s".formatted(asker.name(), name, e.getMessage()));
    }
  }

  private static URI uri(PartContext asker, String name) {
    try {
      URI uri = URI.create(name);
      if (uri.getScheme() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw unknown(asker, name);
    }
    throw unknown(asker, name);
  }

  private TokenTransport transport(PartContext asker, URI uri) {
    Plugin<TokenTransportProvider> plugin =
        plan.transport(uri).orElseThrow(() -> unknown(asker, uri.toString()));
    Settings settings = Plan.defaults(plugin.provider().options());
    return PluginRegistry.create(plugin, settings, asker);
  }

  private static SettingsException unknown(PartContext asker, String name) {
    return new SettingsException(
        "%s: tokens = %s (expected: a generator of these settings, refresher:NAME, or URIs such as tcp://127.0.0.1:1024)"
            .formatted(asker.name(), name));
  }

  /** Closes the transports and the refreshers. */
  @Override
  public void close() {
    discovered.values().forEach(TokenPorts::close);
    transports.values().forEach(TokenTransport::close);
  }

  /** A token source that is shared: closing it does nothing. */
  static final class SharedTokenSource extends ForwardingTokenSource {

    private final TokenSource source;

    SharedTokenSource(TokenSource source) {
      this.source = source;
    }

    @Override
    protected TokenSource delegate() {
      return source;
    }

    @Override
    public void close() {}
  }
}

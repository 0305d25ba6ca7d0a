package io.lbtk.core.plugin;

import io.lbtk.api.Context;
import io.lbtk.api.Provider;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.api.StartException;
import io.lbtk.api.Ticker;
import io.lbtk.api.TokenSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The available plugins, by kind and name. The class path is searched for a kind on first use, the
 * plugin folder at once. A plugin that cannot be loaded is logged, and the others still work; two
 * of the same kind and name are an error, since the name would be ambiguous.
 *
 * <p>Not thread-safe.
 */
public final class PluginRegistry implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PluginRegistry.class);

  private final ClassLoader host;
  private final List<PluginClassLoader> loaders;
  private final Map<PluginKind<?>, SortedMap<String, ? extends Plugin<?>>> scanned =
      new HashMap<>();
  private final Map<PluginKind<?>, List<? extends Plugin<?>>> ofFolder = new HashMap<>();
  private final List<String> faults = new ArrayList<>();

  private PluginRegistry(ClassLoader host, Optional<Path> folder) {
    this.host = host;
    try {
      this.loaders =
          folder.isPresent() ? PluginFolder.open(folder.get(), host, this::broken) : List.of();
    } catch (IOException e) {
      throw new SettingsException(
          "plugins: %s cannot be read: %s".formatted(folder.get(), e.getMessage()));
    }
    // All kinds at once: a wrong service file is reported even if no part asks for its kind.
    PluginKind.ALL.forEach(kind -> ofFolder.put(kind, scanFolder(kind)));
  }

  private <P extends Provider<?>> List<Plugin<P>> scanFolder(PluginKind<P> kind) {
    List<Plugin<P>> found = new ArrayList<>();
    for (PluginClassLoader loader : loaders) {
      if (loader.findResource(kind.resource()) != null) {
        found.addAll(PluginScan.of(kind, loader, this::broken));
      }
    }
    return found;
  }

  /** Returns the plugins of the class path alone. */
  public static PluginRegistry ofClassPath() {
    return new PluginRegistry(PluginRegistry.class.getClassLoader(), Optional.empty());
  }

  /**
   * Returns the plugins of the class path, and of every jar in a folder. Each jar, and each folder
   * of jars, has a class loader of its own, which sees nothing of lbtk but its API and the packages
   * of the core for plugins: {@code io.lbtk.core.refresh}, {@code register}, {@code part} and
   * {@code net}.
   *
   * @throws SettingsException if there is no such folder
   */
  public static PluginRegistry withFolder(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new SettingsException(
          "%s: no such folder (expected: a folder of jars)".formatted(folder));
    }
    return new PluginRegistry(PluginRegistry.class.getClassLoader(), Optional.of(folder));
  }

  private void broken(String fault) {
    if (!faults.contains(fault)) {
      faults.add(fault);
      log.warn("plugins: {}", fault);
    }
  }

  /** Returns a message for each problem of the plugins that were searched so far. */
  public List<String> faults() {
    return List.copyOf(faults);
  }

  /**
   * Returns the plugins of a kind, in the order of their names.
   *
   * @throws SettingsException if two have one name; it names both jars
   */
  @SuppressWarnings("unchecked") // each kind maps to plugins of that kind
  public <P extends Provider<?>> SortedMap<String, Plugin<P>> all(PluginKind<P> kind) {
    SortedMap<String, ? extends Plugin<?>> known = scanned.get(kind);
    if (known == null) {
      known = scan(kind);
      scanned.put(kind, known);
    }
    return (SortedMap<String, Plugin<P>>) known;
  }

  @SuppressWarnings("unchecked") // each kind maps to plugins of that kind
  private <P extends Provider<?>> SortedMap<String, Plugin<P>> scan(PluginKind<P> kind) {
    List<Plugin<P>> found = new ArrayList<>(PluginScan.of(kind, host, this::broken));
    found.addAll((List<Plugin<P>>) ofFolder.get(kind));
    SortedMap<String, Plugin<P>> byName = new TreeMap<>();
    List<String> doubles = new ArrayList<>();
    for (Plugin<P> plugin : found) {
      Plugin<P> first = byName.putIfAbsent(plugin.name(), plugin);
      if (first != null) {
        doubles.add(
            "plugins: two of kind %s have the name \"%s\": %s in %s, and %s in %s (expected: one; take one of the jars away)"
                .formatted(
                    kind,
                    plugin.name(),
                    first.provider().getClass().getName(),
                    first.location(),
                    plugin.provider().getClass().getName(),
                    plugin.location()));
      }
    }
    if (!doubles.isEmpty()) {
      throw new SettingsException(doubles);
    }
    return Collections.unmodifiableSortedMap(byName);
  }

  /**
   * Returns the plugin of a kind and name.
   *
   * @throws SettingsException if two of the kind have one name
   */
  public <P extends Provider<?>> Optional<Plugin<P>> find(PluginKind<P> kind, String name) {
    return Optional.ofNullable(all(kind).get(name));
  }

  /**
   * Creates the object of a plugin. The tasks of the context's scheduler and the reports of other
   * refreshers, and the calls of what it creates unless that is a policy, run with the plugin's
   * class loader as the context class loader of the thread. Failures name the part, the plugin and
   * its jar.
   *
   * @throws SettingsException if the settings do not fit each other
   * @throws StartException if the plugin throws anything else, or creates nothing; the message
   *     names the part, the plugin and its jar
   */
  public static <T> T create(
      Plugin<? extends Provider<T>> plugin, Settings settings, Context context) {
    Provider<T> provider = plugin.provider();
    PluginCalls calls = new PluginCalls(plugin, context.name());
    return calls.through(
        calls.call(
            () -> {
              @SuppressWarnings("NullAway") // third-party code may return null
              @Nullable T created = provider.create(settings, new PluginContext(context, plugin));
              if (created == null) {
                throw new IllegalStateException(
                    "create() returned null (expected: what it creates)");
              }
              return created;
            }));
  }

  /** Closes the jars. Objects of their plugins must not be used afterwards. */
  @Override
  public void close() {
    for (PluginClassLoader loader : loaders) {
      try {
        loader.close();
      } catch (IOException e) {
        log.debug("plugins: {} cannot be closed", loader.getName(), e);
      }
    }
  }

  /** The context of a part, whose callbacks into the plugin run with the plugin's class loader. */
  private static final class PluginContext implements Context {

    private final Context context;
    private final Plugin<?> plugin;
    private @Nullable ScheduledExecutorService scheduler;

    PluginContext(Context context, Plugin<?> plugin) {
      this.context = context;
      this.plugin = plugin;
    }

    @Override
    public String name() {
      return context.name();
    }

    @Override
    public synchronized ScheduledExecutorService scheduler() {
      if (scheduler == null) {
        scheduler = new PluginScheduler(context.scheduler(), plugin, name());
      }
      return scheduler;
    }

    @Override
    public Ticker ticker() {
      return context.ticker();
    }

    @Override
    public int siblings() {
      return context.siblings();
    }

    @Override
    public Refresher refresher(String refresherName) {
      Refresher refresher = context.refresher(refresherName);
      return plugin.isIsolated() ? new ListenedByPlugin(refresher, plugin.loader()) : refresher;
    }

    @Override
    public TokenSource tokenSource(List<String> names, Executor executor) {
      return context.tokenSource(names, executor);
    }

    /** A refresher of another plugin, which reports to a listener of this one. */
    private record ListenedByPlugin(Refresher refresher, ClassLoader loader) implements Refresher {

      @Override
      public void start(RefreshListener listener) {
        refresher.start(report -> ContextLoader.run(loader, () -> listener.onRefresh(report)));
      }

      @Override
      public Mode mode() {
        return refresher.mode();
      }

      @Override
      public void close() {
        refresher.close();
      }
    }
  }
}

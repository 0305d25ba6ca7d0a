package io.lbtk.core.plugin;

import io.lbtk.api.Context;
import io.lbtk.api.Provider;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.api.StartException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every plugin there is, by kind and name. A kind is looked for when it is first asked for. A
 * plugin that cannot be loaded is named in the log, and the others work; two of one kind and name
 * are an error, for nobody could tell which is meant.
 *
 * <p>Not thread-safe.
 */
public final class PluginRegistry implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PluginRegistry.class);

  private final ClassLoader host;
  private final List<PluginClassLoader> loaders;
  private final Map<PluginKind<?>, SortedMap<String, ? extends Plugin<?>>> scanned =
      new HashMap<>();
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
  }

  /** The plugins of the class path alone. */
  public static PluginRegistry ofClassPath() {
    return new PluginRegistry(PluginRegistry.class.getClassLoader(), Optional.empty());
  }

  /**
   * The plugins of the class path, and of every jar in a folder. Each jar, and each folder of jars,
   * has a class loader of its own, which sees nothing of lbtk but its API and the packages of the
   * core for plugins: {@code io.lbtk.core.refresh}, {@code register} and {@code part}.
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

  /** What is wrong with plugins that were looked for until now, each in a sentence. */
  public List<String> faults() {
    return List.copyOf(faults);
  }

  /**
   * The plugins of a kind, in the order of their names.
   *
   * @throws SettingsException if two have one name; it names both jars
   */
  @SuppressWarnings("unchecked") // what is kept for a kind was found for it
  public <P extends Provider<?>> SortedMap<String, Plugin<P>> all(PluginKind<P> kind) {
    SortedMap<String, ? extends Plugin<?>> known = scanned.get(kind);
    if (known == null) {
      known = scan(kind);
      scanned.put(kind, known);
    }
    return (SortedMap<String, Plugin<P>>) known;
  }

  private <P extends Provider<?>> SortedMap<String, Plugin<P>> scan(PluginKind<P> kind) {
    List<Plugin<P>> found = new ArrayList<>(PluginScan.of(kind, host, this::broken));
    for (PluginClassLoader loader : loaders) {
      found.addAll(PluginScan.of(kind, loader, this::broken));
    }
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
   * The plugin of a kind and name.
   *
   * @throws SettingsException if two of the kind have one name
   */
  public <P extends Provider<?>> Optional<Plugin<P>> find(PluginKind<P> kind, String name) {
    return Optional.ofNullable(all(kind).get(name));
  }

  /**
   * Lets a plugin make its thing. What it throws beyond its contract becomes a sentence that names
   * it.
   *
   * @throws SettingsException if the settings do not fit each other
   * @throws StartException if it fails
   */
  public static <T> T create(
      Plugin<? extends Provider<T>> plugin, Settings settings, Context context) {
    Provider<T> provider = plugin.provider();
    try {
      return ContextLoader.call(
          provider.getClass().getClassLoader(), () -> provider.create(settings, context));
    } catch (SettingsException | StartException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw new StartException(
          "%s: the plugin %s in %s failed: %s"
              .formatted(context.name(), plugin.name(), plugin.location(), e),
          e);
    }
  }

  /** Closes the jars. Nothing that came from them works any more. */
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
}

package io.lbtk.core.plugin;

import io.lbtk.api.Provider;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;

/**
 * A plugin that was found.
 *
 * @param name its name, which the settings use
 * @param provider the provider that creates its objects
 * @param location the jar or folder that it came from, for messages
 * @param <P> its kind
 */
public record Plugin<P extends Provider<?>>(String name, P provider, String location) {

  static <P extends Provider<?>> Plugin<P> of(String name, P provider) {
    return new Plugin<>(name, provider, locate(provider.getClass()));
  }

  /** Returns the loader of the plugin's classes. */
  ClassLoader loader() {
    return provider.getClass().getClassLoader();
  }

  /** Returns whether the plugin came from the plugin folder, with a class loader of its own. */
  boolean isIsolated() {
    return loader() instanceof PluginClassLoader;
  }

  /** Returns the plugin as error messages name it: {@code the plugin acme in /opt/acme.jar}. */
  String described() {
    return "the plugin %s in %s".formatted(name, location);
  }

  private static String locate(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return "the Java runtime";
    }
    try {
      return Path.of(source.getLocation().toURI()).toString();
    } catch (URISyntaxException | IllegalArgumentException e) {
      return source.getLocation().toString();
    }
  }
}

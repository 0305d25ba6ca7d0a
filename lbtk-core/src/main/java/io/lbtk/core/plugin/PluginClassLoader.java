package io.lbtk.core.plugin;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;

/**
 * Loads one plugin in isolation. From its environment it sees the JDK, the API of lbtk and slf4j,
 * and what the core offers to plugins: {@link io.lbtk.core.refresh}, {@link io.lbtk.core.register},
 * {@link io.lbtk.core.part} and {@link io.lbtk.core.net}, unless it has those itself. Everything
 * else, such as libraries, comes from its own jars.
 */
final class PluginClassLoader extends URLClassLoader {

  static {
    registerAsParallelCapable();
  }

  private static final List<String> OFFERED =
      List.of(
          "io.lbtk.core.refresh.",
          "io.lbtk.core.register.",
          "io.lbtk.core.part.",
          "io.lbtk.core.net.");

  private final ClassLoader host;

  /**
   * Creates a loader of these jars.
   *
   * @param name for stack traces: the file name of the jar or folder
   * @param host the loader of the API, slf4j, and the offered packages of the core
   */
  PluginClassLoader(String name, URL[] jars, ClassLoader host) {
    super(name, jars, ClassLoader.getPlatformClassLoader());
    this.host = host;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (isShared(name)) {
      return host.loadClass(name);
    }
    try {
      return super.loadClass(name, resolve);
    } catch (ClassNotFoundException e) {
      if (isOffered(name)) {
        return host.loadClass(name);
      }
      throw e;
    }
  }

  /** Returns whether plugins may use the class of the core, or bring a version of their own. */
  private static boolean isOffered(String name) {
    return OFFERED.stream().anyMatch(name::startsWith);
  }

  private static boolean isShared(String name) {
    return name.startsWith("io.lbtk.api.") || name.startsWith("org.slf4j.");
  }
}

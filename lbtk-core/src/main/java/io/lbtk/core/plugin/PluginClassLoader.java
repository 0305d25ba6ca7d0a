package io.lbtk.core.plugin;

import java.net.URL;
import java.net.URLClassLoader;

/**
 * Loads one plugin apart from everything else. From its surroundings it sees the JDK, the API of
 * lbtk and slf4j; all else, libraries of whatever version, is its own.
 */
final class PluginClassLoader extends URLClassLoader {

  static {
    registerAsParallelCapable();
  }

  private final ClassLoader host;

  /**
   * Loads from these jars.
   *
   * @param name for stack traces: the file name of the jar or folder
   * @param host gives the API and slf4j
   */
  PluginClassLoader(String name, URL[] jars, ClassLoader host) {
    super(name, jars, ClassLoader.getPlatformClassLoader());
    this.host = host;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    return isShared(name) ? host.loadClass(name) : super.loadClass(name, resolve);
  }

  private static boolean isShared(String name) {
    return name.startsWith("io.lbtk.api.") || name.startsWith("org.slf4j.");
  }
}

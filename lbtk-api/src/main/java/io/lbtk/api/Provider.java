package io.lbtk.api;

import java.util.List;

/**
 * The entry point of a plugin, found by {@link java.util.ServiceLoader}: its name, its options, and
 * a method that creates its object. Each kind of plugin has a sub-interface, which the plugin
 * implements; its class is named in {@code META-INF/services} (by {@code @AutoService}, for
 * instance).
 *
 * <p>A provider is a public class with a public constructor without parameters, and takes no
 * resources until {@link #create} is called. Two providers of the same kind and name are an error
 * at start, which names both jars.
 *
 * @param <T> the type of the objects that it creates
 */
public interface Provider<T> {

  /** Returns the name in the settings, in lower case with dashes: {@code type = name}. */
  String name();

  /** Returns every option that {@link #create} reads. Other keys in the settings are errors. */
  List<Option<?>> options();

  /** Returns a description in one line, for users. */
  default String doc() {
    return "";
  }

  /**
   * Creates an object. Does not start a thread or open a connection yet.
   *
   * @param settings the values of {@link #options()}, each of which was checked
   * @throws SettingsException if the values contradict each other
   */
  T create(Settings settings, Context context);
}

package io.lbtk.api;

import java.util.List;

/**
 * What {@link java.util.ServiceLoader} finds of a plugin: a name, the options, and how to make the
 * thing itself. One kind of thing has one sub-interface; a plugin implements that, and names its
 * class in {@code META-INF/services} (by {@code @AutoService}, for instance).
 *
 * <p>A provider is public with a public constructor without parameters, and costs nothing until
 * {@link #create} is called. Two providers of one kind and name are an error at start, which names
 * both jars.
 *
 * @param <T> what it makes
 */
public interface Provider<T> {

  /** The name in the settings, in lower case with dashes: {@code type = name}. */
  String name();

  /** Every option that {@link #create} reads. Others in the settings are errors. */
  List<Option<?>> options();

  /** One line for people: what it is. */
  default String doc() {
    return "";
  }

  /**
   * Makes one. Nothing starts yet: no thread, no connection.
   *
   * @param settings the values of {@link #options()}, which were all checked
   * @throws SettingsException if the values do not fit each other
   */
  T create(Settings settings, Context context);
}

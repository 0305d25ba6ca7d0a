package io.lbtk.api;

import java.util.Optional;

/** The values of the options of one part. All were checked before: reading them cannot fail. */
public interface Settings {

  /**
   * The value of an option that has a default or is required.
   *
   * @throws IllegalArgumentException if the option was not declared by the provider, or has no
   *     value
   */
  <T> T get(Option<T> option);

  /**
   * The value of an option, or its default, if it has either.
   *
   * @throws IllegalArgumentException if the option was not declared by the provider
   */
  <T> Optional<T> find(Option<T> option);

  /** Whether the settings give the option a value, rather than its default. */
  boolean isSet(Option<?> option);
}

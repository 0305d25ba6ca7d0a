package io.lbtk.api;

import java.util.Optional;
import java.util.function.Supplier;

/** The values of the options of one part. All were checked before, so reading them cannot fail. */
public interface Settings {

  /**
   * Returns the value of an option that has a default or is required.
   *
   * @throws IllegalArgumentException if the option was not declared by the provider, or has no
   *     value
   */
  <T> T get(Option<T> option);

  /**
   * Returns the value of an option, or else its default, if it has one.
   *
   * @throws IllegalArgumentException if the option was not declared by the provider
   */
  <T> Optional<T> find(Option<T> option);

  /**
   * Returns a supplier of the current value of an option, as {@link #find} returns it now. A value
   * that is taken from a file ({@code ${file:PATH}}), such as a password that is replaced from time
   * to time, is read again; while the file cannot be read or holds no valid value, the last one
   * counts. All other values stay the same.
   *
   * <p>The supplier is thread-safe, and may read a small file.
   *
   * @throws IllegalArgumentException if the option was not declared by the provider
   */
  default <T> Supplier<Optional<T>> current(Option<T> option) {
    return () -> find(option);
  }

  /** Returns whether the settings give the option a value, rather than its default. */
  boolean isSet(Option<?> option);
}

package io.lbtk.core.settings;

import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The values of one part. Options are the same only if they are the same object. */
final class BoundSettings implements Settings {

  private final String part;
  private final IdentityHashMap<Option<?>, Optional<Object>> values = new IdentityHashMap<>();

  private final IdentityHashMap<Option<?>, CurrentValue> current;

  /**
   * The values of a part.
   *
   * @param given those that the settings have
   * @param current those of them that may change
   */
  BoundSettings(
      String part,
      List<Option<?>> options,
      IdentityHashMap<Option<?>, Object> given,
      IdentityHashMap<Option<?>, CurrentValue> current) {
    this.part = part;
    this.current = current;
    for (Option<?> option : options) {
      values.put(option, Optional.ofNullable(given.get(option)));
    }
  }

  @Override
  public <T> T get(Option<T> option) {
    return find(option)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s: option %s has no value".formatted(part, option.name())));
  }

  @Override
  @SuppressWarnings("unchecked") // what is kept for an option was read by it
  public <T> Optional<T> find(Option<T> option) {
    return ((Optional<T>) given(option)).or(option::defaultValue);
  }

  @Override
  @SuppressWarnings("unchecked") // what is kept for an option was read by it
  public <T> Supplier<Optional<T>> current(Option<T> option) {
    Optional<T> first = find(option);
    CurrentValue value = current.get(option);
    return value == null ? () -> first : () -> Optional.of((T) value.get());
  }

  @Override
  public boolean isSet(Option<?> option) {
    return given(option).isPresent();
  }

  private Optional<Object> given(Option<?> option) {
    Optional<Object> value = values.get(option);
    if (value == null) {
      throw new IllegalArgumentException(
          "%s: option %s is not declared by the provider".formatted(part, option.name()));
    }
    return value;
  }
}

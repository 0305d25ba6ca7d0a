package io.lbtk.testkit;

import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Settings from texts, by the names of the options, for tests of providers.
 *
 * @param values as they are written; those of a map by {@code name.key}
 */
public record TestSettings(Map<String, String> values) implements Settings {

  @Override
  public <T> T get(Option<T> option) {
    return find(option)
        .orElseThrow(() -> new IllegalArgumentException(option.name() + " has no value"));
  }

  @Override
  @SuppressWarnings("unchecked") // what is a map is an option of maps
  public <T> Optional<T> find(Option<T> option) {
    if (option.isMap()) {
      String prefix = option.name() + ".";
      return Optional.of(
          (T)
              values.keySet().stream()
                  .filter(key -> key.startsWith(prefix))
                  .collect(Collectors.toMap(key -> key.substring(prefix.length()), values::get)));
    }
    String text = values.get(option.name());
    return text == null ? option.defaultValue() : Optional.of(option.parse(text));
  }

  @Override
  public boolean isSet(Option<?> option) {
    return values.containsKey(option.name());
  }
}

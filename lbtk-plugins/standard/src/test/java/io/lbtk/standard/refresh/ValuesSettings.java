package io.lbtk.standard.refresh;

import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import java.util.Map;
import java.util.Optional;

/** Settings from texts, by the names of the options. */
record ValuesSettings(Map<String, String> values) implements Settings {

  @Override
  public <T> T get(Option<T> option) {
    return find(option)
        .orElseThrow(() -> new IllegalArgumentException(option.name() + " has no value"));
  }

  @Override
  public <T> Optional<T> find(Option<T> option) {
    String text = values.get(option.name());
    return text == null ? option.defaultValue() : Optional.of(option.parse(text));
  }

  @Override
  public boolean isSet(Option<?> option) {
    return values.containsKey(option.name());
  }
}

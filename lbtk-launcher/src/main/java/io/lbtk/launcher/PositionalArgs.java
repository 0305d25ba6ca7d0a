package io.lbtk.launcher;

import io.lbtk.api.Option;
import io.lbtk.core.plugin.Plugin;
import io.lbtk.core.plugin.PluginKind;
import io.lbtk.core.plugin.PluginRegistry;
import io.lbtk.core.settings.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Positional arguments of a command, which set options of a plugin. */
final class PositionalArgs {

  private final String type;
  private final SortedMap<Integer, Option<?>> places = new TreeMap<>();

  private PositionalArgs(String type, List<Option<?>> options) {
    this.type = type;
    for (Option<?> option : options) {
      option.position().ifPresent(place -> places.put(place, option));
    }
  }

  /**
   * Returns the positional arguments that a plugin declares.
   *
   * @throws UsageException if there is no plugin of this type
   */
  static PositionalArgs of(PluginRegistry plugins, PluginKind<?> kind, String type) {
    Plugin<?> plugin = plugins.find(kind, type).orElse(null);
    if (plugin == null) {
      throw new UsageException(
          "TYPE = %s: no %s of this type%s"
              .formatted(type, kind, Suggestion.forUnknown(type, plugins.all(kind).keySet())));
    }
    return new PositionalArgs(type, plugin.provider().options());
  }

  /**
   * Assigns each argument to the option of its position; the last option takes all that are left,
   * if it accepts several.
   *
   * @param words collects the entries
   * @param part the part that has the options: {@code refresher.main}
   * @param arguments the positional arguments
   * @throws UsageException if there are too many arguments
   */
  void put(Args words, String part, List<String> arguments) {
    List<String> left = new ArrayList<>(arguments);
    for (Map.Entry<Integer, Option<?>> place : places.entrySet()) {
      if (left.isEmpty()) {
        return;
      }
      Option<?> option = place.getValue();
      boolean last = place.getKey().equals(places.lastKey());
      List<String> taken = last && option.separator().isPresent() ? left : left.subList(0, 1);
      words.put(
          option.name(),
          part + "." + option.name(),
          String.join(option.separator().orElse(""), taken));
      taken.clear();
    }
    if (!left.isEmpty()) {
      throw new UsageException(
          "\"%s\" has no place (expected: %s; give --option k=v)"
              .formatted(left.get(0), expected()));
    }
  }

  private String expected() {
    return places.isEmpty()
        ? type + " takes no words"
        : places.values().stream()
            .map(option -> option.name().toUpperCase(Locale.ROOT))
            .collect(Collectors.joining(" ", type + " ", ""));
  }
}

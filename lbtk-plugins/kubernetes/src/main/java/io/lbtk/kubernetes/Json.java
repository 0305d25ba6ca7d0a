package io.lbtk.kubernetes;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Access to JSON trees in which missing members count as empty. */
final class Json {

  private Json() {}

  /** Returns an object; an empty one for anything else. */
  static Map<?, ?> object(@Nullable Object tree) {
    return tree instanceof Map<?, ?> object ? object : Map.of();
  }

  /** Returns a text; an empty one for anything else. */
  static String text(@Nullable Object tree) {
    return tree instanceof String text ? text : "";
  }
}

package io.lbtk.kubernetes;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Trees of JSON in which what is not there is empty. */
final class Json {

  private Json() {}

  /** An object; an empty one for anything else. */
  static Map<?, ?> object(@Nullable Object tree) {
    return tree instanceof Map<?, ?> object ? object : Map.of();
  }

  /** A text; an empty one for anything else. */
  static String text(@Nullable Object tree) {
    return tree instanceof String text ? text : "";
  }
}

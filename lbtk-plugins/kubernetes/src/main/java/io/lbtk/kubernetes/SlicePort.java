package io.lbtk.kubernetes;

import io.lbtk.discovery.json.EntryValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Selects the port of an EndpointSlice.
 *
 * @param wanted the name, or the number, which need not be listed in the slice; null for the only
 *     port
 */
record SlicePort(@Nullable String wanted) {

  /**
   * Returns the port of the endpoints of a slice.
   *
   * @throws IllegalArgumentException if the slice has no such port; the message says what was
   *     expected
   */
  int of(Map<?, ?> slice) {
    if (wanted != null && isNumber(wanted)) {
      return Integer.parseInt(wanted);
    }
    List<?> ports = slice.get("ports") instanceof List<?> list ? list : List.of();
    if (wanted == null && ports.size() != 1) {
      throw new IllegalArgumentException(
          "it has the ports %s (expected: one, or option port says which)".formatted(names(ports)));
    }
    for (Object port : ports) {
      Map<?, ?> known = Json.object(port);
      if (wanted == null || wanted.equals(known.get("name"))) {
        return port(known.get("port"));
      }
    }
    throw new IllegalArgumentException(
        "it has the ports %s (expected: one of name %s)".formatted(names(ports), wanted));
  }

  private static List<String> names(List<?> ports) {
    return ports.stream().map(port -> String.valueOf(Json.object(port).get("name"))).toList();
  }

  private static int port(@Nullable Object port) {
    if (port == null) {
      throw new IllegalArgumentException("no port (expected: one, or option port gives a number)");
    }
    return EntryValue.port("port", port);
  }

  /** Returns whether a text is the number of a port. */
  static boolean isNumber(String text) {
    return text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= 65535;
  }

  /** Returns whether a text is the name or the number of a port. */
  static boolean isPort(String text) {
    return isNumber(text) || text.matches("(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  }
}

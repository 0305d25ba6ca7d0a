package io.lbtk.standard.refresh;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where targets stand in a JSON document, by JSON pointers (RFC 6901).
 *
 * @param array where the array of targets is, or an object whose values are; empty for the whole
 *     document
 * @param host in each of them, where its host is
 * @param port in each of them, where its port is; or the port itself, if it is the same for all
 * @param address in each of them, where {@code host:port} is, in place of host and port; null if
 *     these are used
 * @param weight in each of them, where its weight is; null if they have none
 */
public record JsonPaths(
    String array, String host, String port, @Nullable String address, @Nullable String weight) {

  /**
   * Checks them.
   *
   * @throws IllegalArgumentException if one is no pointer
   */
  public JsonPaths {
    checkPointer("array", array);
    checkPointer("host", host);
    if (!isPort(port)) {
      checkPointer("port", port);
    }
    if (address != null) {
      checkPointer("address", address);
    }
    if (weight != null) {
      checkPointer("weight", weight);
    }
  }

  private static void checkPointer(String what, String pointer) {
    if (!isPointer(pointer)) {
      throw new IllegalArgumentException(
          "%s \"%s\" (expected: a JSON pointer such as /nodes/0)".formatted(what, pointer));
    }
  }

  /** Whether it is a pointer; an empty one is. */
  static boolean isPointer(String text) {
    try {
      Objects.requireNonNull(JsonPointer.compile(text));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whether it is a port, rather than where one is. */
  static boolean isPort(String text) {
    return text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= 65535;
  }
}

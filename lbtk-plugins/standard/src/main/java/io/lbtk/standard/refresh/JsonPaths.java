package io.lbtk.standard.refresh;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Places of targets in a JSON document, as JSON pointers (RFC 6901).
 *
 * @param array the pointer to the array of targets, or to an object whose values are the targets;
 *     empty for the whole document
 * @param host the pointer to the host within a target
 * @param port the pointer to the port within a target, or the port of all targets
 * @param address the pointer to {@code host:port} within a target; null to use host and port
 * @param weight the pointer to the weight within a target; null if there is none
 */
public record JsonPaths(
    String array, String host, String port, @Nullable String address, @Nullable String weight) {

  /**
   * Checks the pointers.
   *
   * @throws IllegalArgumentException if one is not a JSON pointer
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

  /** Returns true if the text is a JSON pointer; the empty text is one. */
  static boolean isPointer(String text) {
    try {
      Objects.requireNonNull(JsonPointer.compile(text));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Returns true if the text is a port number. */
  static boolean isPort(String text) {
    return text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= 65535;
  }
}

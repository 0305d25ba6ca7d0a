package io.lbtk.etcd;

import io.lbtk.api.Target;
import io.lbtk.discovery.Printable;
import io.lbtk.discovery.json.JsonException;
import io.lbtk.discovery.json.JsonTree;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values that are objects of JSON. */
final class EtcdJson {

  private EtcdJson() {}

  static boolean looksLikeObject(byte[] value) {
    int i = 0;
    while (i < value.length && value[i] >= 0 && value[i] <= ' ') {
      i++;
    }
    return i < value.length && value[i] == '{';
  }

  /**
   * Reads an object.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Map<?, ?> object(byte[] value) {
    try {
      if (JsonTree.read(value).orElse(null) instanceof Map<?, ?> object) {
        return object;
      }
    } catch (JsonException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    throw new IllegalArgumentException("expected: an object of JSON");
  }

  /** A weight; what has some keeps some. */
  static int weight(@Nullable Object member) {
    double weight = number("weight", member, Target.MAX_WEIGHT);
    return weight > 0 ? (int) Math.max(1, Math.round(weight)) : 0;
  }

  /** A whole number. */
  static int whole(String what, @Nullable Object member, int max) {
    double number = number(what, member, max);
    if (number != Math.rint(number)) {
      throw unexpected(what, member, "a whole number");
    }
    return (int) number;
  }

  private static double number(String what, @Nullable Object member, int max) {
    try {
      double number = Double.parseDouble(String.valueOf(member));
      if (number >= 0 && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, as for one that is out of range.
    }
    throw unexpected(what, member, "a number from 0 to " + max);
  }

  private static IllegalArgumentException unexpected(
      String what, @Nullable Object member, String expected) {
    return new IllegalArgumentException(
        "%s \"%s\" (expected: %s)"
            .formatted(what, Printable.line(String.valueOf(member), 40), expected));
  }
}

package io.lbtk.etcd;

import io.lbtk.discovery.json.JsonException;
import io.lbtk.discovery.json.JsonTree;
import java.util.Map;

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
}

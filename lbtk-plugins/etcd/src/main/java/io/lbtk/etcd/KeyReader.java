package io.lbtk.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.lbtk.api.Target;
import io.lbtk.discovery.BadEntries;
import io.lbtk.discovery.Printable;
import java.util.Optional;

/** Finds the targets in keys and their values; what is none is named in the log. */
final class KeyReader {

  /** No target needs so many bytes. */
  private static final int MAX_VALUE = 64 * 1024;

  private static final int MAX_SHOWN = 200;

  private final EtcdFormat format;
  private final BadEntries bad;

  KeyReader(EtcdFormat format, BadEntries bad) {
    this.format = format;
    this.bad = bad;
  }

  /** The target of a key, if there is one. */
  Optional<Target> read(KeyValue entry) {
    if (isFolder(entry.getKey())) {
      return Optional.empty();
    }
    ByteString value = entry.getValue();
    try {
      if (value.size() > MAX_VALUE) {
        throw new IllegalArgumentException(
            "it has %d bytes (expected: a target, at most %d)".formatted(value.size(), MAX_VALUE));
      }
      return Optional.of(format.read(value.toByteArray()));
    } catch (IllegalArgumentException e) {
      bad.addNamed("key " + shown(entry.getKey()), start(value), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Some programs write a key for the folder that others stand in. */
  private static boolean isFolder(ByteString key) {
    return key.byteAt(key.size() - 1) == '/';
  }

  private static String shown(ByteString key) {
    return Printable.line(start(key), MAX_SHOWN);
  }

  private static String start(ByteString bytes) {
    return bytes.substring(0, Math.min(bytes.size(), 4 * MAX_SHOWN)).toStringUtf8();
  }
}

package io.lbtk.tokenport.zmtp;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The types of ZeroMQ sockets in use, by their names on the wire. */
public enum SocketType {
  /** Sends messages to any of its peers. */
  PUSH,
  /** Receives messages from all of its peers. */
  PULL,
  /** Sends and receives in any order. */
  DEALER,
  /** Sends and receives, addressing individual peers. */
  ROUTER;

  /** Returns the name on the wire. */
  byte[] wireName() {
    return name().getBytes(StandardCharsets.US_ASCII);
  }

  /** Returns the type with the given name on the wire, or null if it is unknown. */
  static @Nullable SocketType of(String wireName) {
    for (SocketType type : values()) {
      if (type.name().equals(wireName)) {
        return type;
      }
    }
    return null;
  }
}

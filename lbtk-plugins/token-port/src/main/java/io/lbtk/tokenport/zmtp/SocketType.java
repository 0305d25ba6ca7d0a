package io.lbtk.tokenport.zmtp;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The types of ZeroMQ sockets that lbtk speaks to, or is. The names are those of the wire. */
public enum SocketType {
  /** Sends, to any of its peers. */
  PUSH,
  /** Receives, from all of its peers. */
  PULL,
  /** Sends and receives, as it likes. */
  DEALER,
  /** Sends and receives, and knows who is who. */
  ROUTER;

  byte[] wireName() {
    return name().getBytes(StandardCharsets.US_ASCII);
  }

  /** The type of that name on the wire; null if it is none of these. */
  static @Nullable SocketType of(String wireName) {
    for (SocketType type : values()) {
      if (type.name().equals(wireName)) {
        return type;
      }
    }
    return null;
  }
}

package io.lbtk.tokenport.server;

import io.lbtk.api.Target;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Remembers how targets are written, as far as there is room: a target is mostly the same object as
 * last time. Thread-safe; two threads may do the same work twice.
 */
final class TargetEncoder {

  private static final int SLOTS = 1 << 14;

  /** How a target is written. Immutable, if the bytes are left as they are. */
  static final class HostPort {

    private final Target target;
    private final String text;
    private final byte[] bytes;

    private HostPort(Target target) {
      this.target = target;
      text = target.hostPort();
      bytes = text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The {@code host:port}. */
    String text() {
      return text;
    }

    /** The same in ASCII; not to be changed. */
    byte[] bytes() {
      return bytes;
    }
  }

  private final AtomicReferenceArray<HostPort> slots = new AtomicReferenceArray<>(SLOTS);

  /** How this target is written. */
  @SuppressWarnings("ReferenceEquality") // To compare targets takes longer than to write one.
  HostPort of(Target target) {
    int slot = System.identityHashCode(target) & (SLOTS - 1);
    HostPort known = slots.getAcquire(slot);
    if (known != null && known.target == target) {
      return known;
    }
    HostPort made = new HostPort(target);
    slots.setRelease(slot, made);
    return made;
  }
}

package io.lbtk.tokenport.server;

import io.lbtk.api.Target;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Caches the encoded form of targets by identity, since tokens mostly share the target objects of
 * the generator. Thread-safe.
 */
final class TargetEncoder {

  private static final int SLOTS = 1 << 14;

  /** The encoded form of a target. Immutable. */
  static final class HostPort {

    private final Target target;
    private final String text;
    private final byte[] bytes;

    private HostPort(Target target) {
      this.target = target;
      text = target.hostPort();
      bytes = text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns the {@code host:port}. */
    String text() {
      return text;
    }

    /** Returns the {@code host:port} in ASCII; not to be modified. */
    byte[] bytes() {
      return bytes;
    }
  }

  private final AtomicReferenceArray<HostPort> slots = new AtomicReferenceArray<>(SLOTS);

  /** Returns the encoded form of a target. */
  @SuppressWarnings("ReferenceEquality") // Comparing targets is slower than encoding one.
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

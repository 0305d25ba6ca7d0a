package io.lbtk.launcher;

import org.jspecify.annotations.Nullable;

/**
 * Hands a value from one thread to another, which may be slow: of several that were put meanwhile
 * it gets the last.
 */
final class Latest<T> {

  private @Nullable T value;

  synchronized void put(T newValue) {
    value = newValue;
    notifyAll();
  }

  /** Waits for a value that was not taken yet. */
  synchronized T take() throws InterruptedException {
    while (value == null) {
      wait();
    }
    T taken = value;
    value = null;
    return taken;
  }
}

package io.lbtk.benchmarks.directories;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Counts what is under way at a time. Thread-safe. */
final class StepsUnderWay {

  private static final int MOST = 32;

  private final Semaphore room = new Semaphore(MOST);
  private final AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();

  /** Waits for room for one more. */
  void begin() throws InterruptedException {
    room.acquire();
  }

  /** One has ended. */
  void end() {
    room.release();
  }

  /** One has ended, and did not do what it should. */
  void fail(Throwable cause) {
    failed.compareAndSet(null, cause);
    room.release();
  }

  /**
   * Waits until all have ended.
   *
   * @throws IllegalStateException if one of them has failed
   */
  void await() throws InterruptedException {
    room.acquire(MOST);
    room.release(MOST);
    Throwable cause = failed.get();
    if (cause != null) {
      throw new IllegalStateException("not all could be written", cause);
    }
  }
}

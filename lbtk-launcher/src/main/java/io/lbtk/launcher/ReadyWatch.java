package io.lbtk.launcher;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits after the start until nothing is missing any more. What is still missing after a second is
 * told on the screen, and after five seconds in the log.
 */
final class ReadyWatch {

  private static final Logger log = LoggerFactory.getLogger(ReadyWatch.class);

  private static final Duration TELL = Duration.ofSeconds(1);
  private static final Duration WARN = Duration.ofSeconds(5);

  /** The time between two looks: short as long as a start usually takes. */
  private static final Duration SOON = Duration.ofMillis(20);

  private static final Duration LATER = Duration.ofMillis(250);

  private final Supplier<List<String>> missing;
  private boolean told;
  private boolean warned;

  /**
   * Creates a watch.
   *
   * @param missing returns what is missing now, each with its part: {@code proxy.p: no generator}
   */
  ReadyWatch(Supplier<List<String>> missing) {
    this.missing = missing;
  }

  /**
   * Waits until nothing is missing, and does not return before.
   *
   * @param end ends the wait, when it completes
   * @param ready is run once nothing is missing; not at all if the end comes first
   */
  void await(CompletableFuture<?> end, Runnable ready) {
    long start = System.nanoTime();
    while (!end.isDone()) {
      List<String> now = missing.get();
      if (now.isEmpty()) {
        ready.run();
        return;
      }
      tell(now, System.nanoTime() - start);
      pause(end);
    }
  }

  private void tell(List<String> now, long elapsed) {
    if (!told && elapsed >= TELL.toNanos()) {
      told = true;
      Screen.say("not ready yet: " + String.join("; ", now));
    }
    if (!warned && elapsed >= WARN.toNanos()) {
      warned = true;
      now.forEach(log::warn);
    }
  }

  private void pause(CompletableFuture<?> end) {
    CompletableFuture<Boolean> time = new CompletableFuture<>();
    time.completeOnTimeout(true, (told ? LATER : SOON).toMillis(), TimeUnit.MILLISECONDS);
    CompletableFuture.anyOf(end, time).join();
  }
}

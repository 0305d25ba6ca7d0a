package io.lbtk.launcher;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles SIGTERM and SIGINT: the first asks for an orderly shutdown, the second for an immediate
 * one. Within a second after the second signal the process exits, even if a part hangs.
 *
 * <p>The JVM's own shutdown ignores a second signal, and never exits with code 0. Signals are
 * received through {@code sun.misc.Signal} of the module {@code jdk.unsupported}; compilers warn of
 * its name, so it is called by reflection. Without it, signals have their usual effect on a JVM.
 */
final class Signals implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Signals.class);

  /** Time for an orderly end after the second signal. */
  private static final Duration SECOND_END = Duration.ofMillis(500);

  private final HardEnd hardEnd = new HardEnd();
  private final CompletableFuture<Void> first = new CompletableFuture<>();
  private final CompletableFuture<Void> second = new CompletableFuture<>();
  private final Deque<AutoCloseable> handled = new ArrayDeque<>();

  private Signals() {}

  /** Installs the signal handlers. */
  static Signals listen() {
    Signals signals = new Signals();
    signals.handle("TERM", signals::heard);
    signals.handle("INT", signals::heard);
    return signals;
  }

  /**
   * Ignores SIGHUP from now on, with a warning in the log. A service must not stop without a drain
   * when it is asked to reload its settings.
   *
   * @return this
   */
  Signals ignoringHangUp() {
    handle(
        "HUP",
        () ->
            log.warn(
                "SIGHUP is ignored: settings are read at the start only (expected: a restart, or"
                    + " SIGTERM to stop)"));
    return this;
  }

  private void handle(String name, Runnable action) {
    try {
      Class<?> type = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Method handle = type.getMethod("handle", type, handlerType);
      Object signal = type.getConstructor(String.class).newInstance(name);
      Object handler =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (proxy, method, arguments) -> onCall(proxy, method, arguments, action));
      Object before = handle.invoke(null, signal, handler);
      handled.push(() -> handle.invoke(null, signal, before));
    } catch (InvocationTargetException e) {
      log.debug("SIG{} is the JVM's own (as with -Xrs)", name, e);
    } catch (ReflectiveOperationException e) {
      log.debug("this Java cannot hear SIG{}", name, e);
    }
  }

  private static @Nullable Object onCall(
      Object proxy, Method method, Object[] arguments, Runnable action) {
    return switch (method.getName()) {
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      case "toString" -> "Signals";
      default -> {
        action.run();
        yield null;
      }
    };
  }

  private void heard() {
    if (!first.complete(null)) {
      hardEnd.haltAfter(SECOND_END);
      second.complete(null);
    }
  }

  /** Halts the process after this time at the latest, even if its shutdown is not complete. */
  void endWithin(Duration time) {
    hardEnd.haltAfter(time);
  }

  /** Returns a future that completes with the first signal. */
  CompletableFuture<Void> first() {
    return first;
  }

  /** Returns a future that completes with the second signal. */
  CompletableFuture<Void> second() {
    return second;
  }

  /** Restores the former signal handlers. A halt that was scheduled stays scheduled. */
  @Override
  public void close() {
    while (!handled.isEmpty()) {
      try {
        handled.pop().close();
      } catch (Exception e) {
        log.debug("failed to restore a signal handler", e);
      }
    }
    hardEnd.close();
  }

  /**
   * Halts the process after a timeout, in case its orderly shutdown hangs. Its thread is started in
   * advance, takes no locks and writes nothing, so that neither a part of lbtk nor a blocked log
   * delays it.
   */
  static final class HardEnd implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HardEnd.class);

    /** Time that the last log message may take. */
    private static final long LOG_MILLIS = 200;

    private final ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, task -> daemon(task, "hard-end"));

    HardEnd() {
      timer.prestartCoreThread();
    }

    private static Thread daemon(Runnable task, String name) {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    }

    /**
     * Halts the process after this time, with exit code 1. The earliest of several times counts.
     */
    void haltAfter(Duration time) {
      timer.schedule(HardEnd::halt, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void halt() {
      try {
        Thread speaker = daemon(() -> log.error("shutdown takes too long: halted"), "halt-log");
        speaker.start();
        speaker.join(LOG_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        Runtime.getRuntime().halt(Exit.PROBLEM);
      }
    }

    /** Accepts no further timeouts. Timeouts already set stay in force. */
    @Override
    public void close() {
      timer.shutdown();
    }
  }
}

package io.lbtk.launcher;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks to stop, by SIGTERM and SIGINT: the first asks for an orderly end, the second for one now.
 * Within a second after the second one the process ends, whatever hangs in it.
 *
 * <p>The JVM's own shutdown hears no second signal, and ends with no exit code of 0. What hears
 * them is {@code sun.misc.Signal}, of the module {@code jdk.unsupported}; compilers warn of its
 * name, so it is called by reflection. Without it, signals do what they do to any JVM.
 */
final class Signals implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Signals.class);

  /** How long an end that is asked for a second time may be an orderly one. */
  private static final Duration SECOND_END = Duration.ofMillis(500);

  private final HardEnd hardEnd = new HardEnd();
  private final CompletableFuture<Void> first = new CompletableFuture<>();
  private final CompletableFuture<Void> second = new CompletableFuture<>();
  private final Deque<AutoCloseable> handled = new ArrayDeque<>();

  private Signals() {}

  /** Begins to listen. */
  static Signals listen() {
    Signals signals = new Signals();
    signals.handle("TERM", signals::heard);
    signals.handle("INT", signals::heard);
    return signals;
  }

  /**
   * Ignores SIGHUP from now on, and says so in the log. A service must not end without a drain when
   * it is asked to read its settings again.
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

  /**
   * Ends the process after this time at the latest, however far its orderly end has come by then.
   */
  void endWithin(Duration time) {
    hardEnd.haltAfter(time);
  }

  /** Completes with the first signal. */
  CompletableFuture<Void> first() {
    return first;
  }

  /** Completes with the second signal. */
  CompletableFuture<Void> second() {
    return second;
  }

  /** Leaves the signals to the JVM again. An end of the process that was set stays set. */
  @Override
  public void close() {
    while (!handled.isEmpty()) {
      try {
        handled.pop().close();
      } catch (Exception e) {
        log.debug("a signal stays as it is", e);
      }
    }
    hardEnd.close();
  }
}

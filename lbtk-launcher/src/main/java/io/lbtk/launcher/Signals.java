package io.lbtk.launcher;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks to stop, by SIGTERM and SIGINT: the first asks for an orderly end, the second for one now.
 *
 * <p>The JVM's own shutdown hears no second signal, and ends with no exit code of 0. What hears
 * them is {@code sun.misc.Signal}, of the module {@code jdk.unsupported}; compilers warn of its
 * name, so it is called by reflection. Without it, signals do what they do to any JVM.
 */
final class Signals implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Signals.class);

  private final CompletableFuture<Void> first = new CompletableFuture<>();
  private final CompletableFuture<Void> second = new CompletableFuture<>();
  private final Deque<AutoCloseable> handled = new ArrayDeque<>();

  private Signals() {}

  /** Begins to listen. */
  static Signals listen() {
    Signals signals = new Signals();
    signals.handle("TERM");
    signals.handle("INT");
    return signals;
  }

  private void handle(String name) {
    try {
      Class<?> type = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Method handle = type.getMethod("handle", type, handlerType);
      Object signal = type.getConstructor(String.class).newInstance(name);
      Object handler =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (proxy, method, arguments) -> onCall(proxy, method, arguments));
      Object before = handle.invoke(null, signal, handler);
      handled.push(() -> handle.invoke(null, signal, before));
    } catch (InvocationTargetException e) {
      log.debug("SIG{} is the JVM's own (as with -Xrs)", name, e);
    } catch (ReflectiveOperationException e) {
      log.debug("this Java cannot hear SIG{}", name, e);
    }
  }

  private Object onCall(Object proxy, Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      case "toString" -> "Signals";
      default -> heard();
    };
  }

  private boolean heard() {
    return first.complete(null) || second.complete(null);
  }

  /** Completes with the first signal. */
  CompletableFuture<Void> first() {
    return first;
  }

  /** Completes with the second signal. */
  CompletableFuture<Void> second() {
    return second;
  }

  /** Leaves the signals to the JVM again. */
  @Override
  public void close() {
    while (!handled.isEmpty()) {
      try {
        handled.pop().close();
      } catch (Exception e) {
        log.debug("a signal stays as it is", e);
      }
    }
  }
}

package io.lbtk.testkit;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Lets a test of a contract fail where its subject never returns: from a close that waits for ever,
 * or a search without an end. The failure has the stack of the thread that hangs.
 *
 * <p>The tests of the contract, and what it does after them, run on one other thread. Those that an
 * author adds are left alone.
 */
public final class TimeLimit implements InvocationInterceptor, AfterEachCallback {

  /** Each wait of a test has the contract's timeout, and a test waits for several things. */
  private static final int WAITS = 4;

  private final Class<?> contract;
  private final Supplier<Duration> timeout;
  private volatile @Nullable Thread thread;
  private @Nullable ExecutorService executor;

  public TimeLimit(Class<?> contract, Supplier<Duration> timeout) {
    this.contract = contract;
    this.timeout = timeout;
  }

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    limit(invocation, method.getExecutable());
  }

  @Override
  public void interceptAfterEachMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    limit(invocation, method.getExecutable());
  }

  private void limit(Invocation<@Nullable Void> invocation, Method method) throws Throwable {
    if (method.getDeclaringClass() != contract) {
      invocation.proceed();
      return;
    }
    Duration limit = timeout.get().multipliedBy(WAITS);
    Future<Optional<Throwable>> running = executor().submit(() -> thrownBy(invocation));
    Optional<Throwable> thrown;
    try {
      thrown = running.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw hangs(method.getName(), limit);
    }
    if (thrown.isPresent()) {
      throw thrown.get();
    }
  }

  private static Optional<Throwable> thrownBy(Invocation<@Nullable Void> invocation) {
    try {
      invocation.proceed();
      return Optional.empty();
    } catch (Throwable e) {
      return Optional.of(e);
    }
  }

  private AssertionError hangs(String test, Duration limit) {
    AssertionError hangs =
        new AssertionError("%s hangs: it did not end within %s".formatted(test, limit));
    Thread hanging = thread;
    if (hanging != null) {
      hangs.setStackTrace(hanging.getStackTrace());
    }
    end();
    return hangs;
  }

  private ExecutorService executor() {
    ExecutorService running = executor;
    if (running == null) {
      running = Executors.newSingleThreadExecutor(this::thread);
      executor = running;
    }
    return running;
  }

  private Thread thread(Runnable task) {
    Thread made = new Thread(task, contract.getSimpleName());
    made.setDaemon(true);
    thread = made;
    return made;
  }

  private void end() {
    if (executor != null) {
      executor.shutdownNow();
      executor = null;
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    end();
  }
}

package io.lbtk.core.plugin;

import java.util.function.Supplier;

/** Runs a plugin's code with its class loader as the context class loader, which libraries use. */
final class ContextLoader {

  private ContextLoader() {}

  static void run(ClassLoader loader, Runnable task) {
    call(
        loader,
        () -> {
          task.run();
          return true;
        });
  }

  static <T> T call(ClassLoader loader, Supplier<T> task) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return task.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}

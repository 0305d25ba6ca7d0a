package io.lbtk.core.plugin;

/** Runs a plugin's code with its class loader as the context class loader, which libraries use. */
final class ContextLoader {

  /**
   * A call of a plugin's code.
   *
   * @param <T> the type of its result
   * @param <E> the type of the checked exceptions that it throws; RuntimeException for none
   */
  @FunctionalInterface
  interface Call<T, E extends Exception> {

    T run() throws E;
  }

  private ContextLoader() {}

  static void run(ClassLoader loader, Runnable task) {
    call(
        loader,
        () -> {
          task.run();
          return true;
        });
  }

  static <T, E extends Exception> T call(ClassLoader loader, Call<T, E> task) throws E {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return task.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}

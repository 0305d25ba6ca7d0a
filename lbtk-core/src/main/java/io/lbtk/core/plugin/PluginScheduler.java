package io.lbtk.core.plugin;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executor that a plugin gets. Its tasks run with the plugin's class loader as the context
 * class loader of the thread. Anything that a task throws is logged with the name of the part,
 * since the futures of such tasks are rarely checked; a periodic task continues after a failure.
 */
final class PluginScheduler extends AbstractExecutorService implements ScheduledExecutorService {

  private static final Logger log = LoggerFactory.getLogger(PluginScheduler.class);

  private final ScheduledExecutorService executor;
  private final Plugin<?> plugin;
  private final String part;

  /**
   * Creates an executor in front of another.
   *
   * @param executor the executor of the tasks
   * @param plugin the plugin that submits the tasks
   * @param part the name of the part, for the log
   */
  PluginScheduler(ScheduledExecutorService executor, Plugin<?> plugin, String part) {
    this.executor = executor;
    this.plugin = plugin;
    this.part = part;
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(caught(task));
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    return executor.schedule(logged(Executors.callable(task)), delay, unit);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
    return executor.schedule(logged(task), delay, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long initialDelay, long period, TimeUnit unit) {
    return executor.scheduleAtFixedRate(caught(task), initialDelay, period, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long initialDelay, long delay, TimeUnit unit) {
    return executor.scheduleWithFixedDelay(caught(task), initialDelay, delay, unit);
  }

  @Override
  protected <T> RunnableFuture<T> newTaskFor(Callable<T> task) {
    return super.newTaskFor(logged(task));
  }

  @Override
  protected <T> RunnableFuture<T> newTaskFor(Runnable task, T value) {
    return newTaskFor(Executors.callable(task, value));
  }

  private <V> Callable<V> logged(Callable<V> task) {
    return () -> {
      try {
        return call(task);
      } catch (Throwable e) {
        log(e);
        throw e;
      }
    };
  }

  private Runnable caught(Runnable task) {
    return () -> {
      try {
        call(Executors.callable(task));
      } catch (Throwable e) {
        log(e);
      }
    };
  }

  private <V> V call(Callable<V> task) throws Exception {
    return ContextLoader.call(plugin.loader(), task::call);
  }

  private void log(Throwable fault) {
    log.error(
        "{}: a task of {} failed: {}", part, plugin.described(), PluginFault.ofCall(fault), fault);
  }

  @Override
  public void shutdown() {
    executor.shutdown();
  }

  @Override
  public List<Runnable> shutdownNow() {
    return executor.shutdownNow();
  }

  @Override
  public boolean isShutdown() {
    return executor.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return executor.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return executor.awaitTermination(timeout, unit);
  }
}

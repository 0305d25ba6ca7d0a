package io.lbtk.launcher.topology;

import io.lbtk.api.Context;
import io.lbtk.api.Refresher;
import io.lbtk.api.Ticker;
import io.lbtk.api.TokenSource;
import io.lbtk.core.part.SerialExecutors;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** The context of one part. */
final class PartContext implements Context, AutoCloseable {

  private final String name;
  private final Links links;
  private @Nullable ScheduledExecutorService scheduler;

  PartContext(String name, Links links) {
    this.name = name;
    this.links = links;
  }

  /** Gives a part access to other parts. */
  interface Links {

    /** {@link Context#refresher}. */
    Refresher refresher(PartContext asker, String refresherName);

    /** {@link Context#tokenSource}. */
    TokenSource tokenSource(PartContext asker, List<String> names, Executor executor);

    /** {@link Context#siblings}. */
    int siblings(PartContext asker);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public synchronized ScheduledExecutorService scheduler() {
    if (scheduler == null) {
      scheduler = SerialExecutors.named(name);
    }
    return scheduler;
  }

  @Override
  public Ticker ticker() {
    return Ticker.system();
  }

  @Override
  public Refresher refresher(String refresherName) {
    return links.refresher(this, refresherName);
  }

  @Override
  public TokenSource tokenSource(List<String> names, Executor executor) {
    return links.tokenSource(this, names, executor);
  }

  @Override
  public int siblings() {
    return links.siblings(this);
  }

  /** Shuts down the scheduler, after the part was closed. */
  @Override
  public synchronized void close() {
    if (scheduler != null) {
      scheduler.shutdown();
    }
  }
}

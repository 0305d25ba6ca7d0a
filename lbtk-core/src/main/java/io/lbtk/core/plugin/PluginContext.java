package io.lbtk.core.plugin;

import io.lbtk.api.Context;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Ticker;
import io.lbtk.api.TokenSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** The context of a part, whose callbacks into the plugin run with the plugin's class loader. */
final class PluginContext implements Context {

  private final Context context;
  private final Plugin<?> plugin;
  private @Nullable ScheduledExecutorService scheduler;

  PluginContext(Context context, Plugin<?> plugin) {
    this.context = context;
    this.plugin = plugin;
  }

  @Override
  public String name() {
    return context.name();
  }

  @Override
  public synchronized ScheduledExecutorService scheduler() {
    if (scheduler == null) {
      scheduler = new PluginScheduler(context.scheduler(), plugin, name());
    }
    return scheduler;
  }

  @Override
  public Ticker ticker() {
    return context.ticker();
  }

  @Override
  public int siblings() {
    return context.siblings();
  }

  @Override
  public Refresher refresher(String refresherName) {
    Refresher refresher = context.refresher(refresherName);
    return plugin.isIsolated() ? new ListenedByPlugin(refresher, plugin.loader()) : refresher;
  }

  @Override
  public TokenSource tokenSource(List<String> names, Executor executor) {
    return context.tokenSource(names, executor);
  }

  /** A refresher of another plugin, which reports to a listener of this one. */
  private record ListenedByPlugin(Refresher refresher, ClassLoader loader) implements Refresher {

    @Override
    public void start(RefreshListener listener) {
      refresher.start(report -> ContextLoader.run(loader, () -> listener.onRefresh(report)));
    }

    @Override
    public Mode mode() {
      return refresher.mode();
    }

    @Override
    public void close() {
      refresher.close();
    }
  }
}

package io.lbtk.testkit;

import io.lbtk.api.Context;
import io.lbtk.api.Refresher;
import io.lbtk.api.SettingsException;
import io.lbtk.api.Ticker;
import io.lbtk.api.TokenSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/**
 * The context of a part under test: a name, a clock, and anything else that the test provides.
 *
 * <pre>{@code
 * ManualClock clock = new ManualClock();
 * Refresher refresher = provider.create(settings, new TestContext("refresher.a", clock));
 * }</pre>
 *
 * <p>Not thread-safe until it is set up.
 */
public final class TestContext implements Context {

  private final String name;
  private final ScheduledExecutorService scheduler;
  private final Ticker ticker;
  private final Map<String, Supplier<Refresher>> refreshers = new HashMap<>();
  private final Map<String, Supplier<TokenSource>> sources = new HashMap<>();

  /** A context whose time is the test's. */
  public TestContext(String name, ManualClock clock) {
    this(name, clock, clock);
  }

  /**
   * A context of these.
   *
   * @param scheduler is the test's, which ends it
   */
  public TestContext(String name, ScheduledExecutorService scheduler, Ticker ticker) {
    this.name = name;
    this.scheduler = scheduler;
    this.ticker = ticker;
  }

  /** Lets {@link #refresher} find one of this name: a new one each time. */
  public TestContext withRefresher(String name, Supplier<Refresher> refresher) {
    refreshers.put(name, refresher);
    return this;
  }

  /** Lets {@link #tokenSource} find one of this name; it takes the first name that it knows. */
  public TestContext withTokenSource(String name, Supplier<TokenSource> source) {
    sources.put(name, source);
    return this;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ScheduledExecutorService scheduler() {
    return scheduler;
  }

  @Override
  public Ticker ticker() {
    return ticker;
  }

  @Override
  public Refresher refresher(String name) {
    return find(refreshers, "refresher", List.of(name));
  }

  @Override
  public TokenSource tokenSource(List<String> names, Executor executor) {
    return find(sources, "token source", names);
  }

  private static <T> T find(Map<String, Supplier<T>> all, String kind, List<String> names) {
    for (String name : names) {
      Supplier<T> found = all.get(name);
      if (found != null) {
        return found.get();
      }
    }
    throw new SettingsException(
        "no %s %s (expected: one of %s)"
            .formatted(kind, String.join(", ", names), all.keySet().stream().sorted().toList()));
  }
}

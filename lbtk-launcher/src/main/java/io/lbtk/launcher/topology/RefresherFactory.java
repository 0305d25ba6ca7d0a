package io.lbtk.launcher.topology;

import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.SettingsException;
import io.lbtk.core.plugin.PluginRegistry;
import io.lbtk.core.refresh.GuardOptions;
import io.lbtk.core.settings.Suggestion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;

/**
 * Makes refreshers by name, each with its guards. A refresher that two parts use is made twice.
 * Used by one thread, while the topology is built.
 */
final class RefresherFactory {

  private final Plan plan;
  private final Function<String, PartContext> contexts;
  private final Deque<String> underWay = new ArrayDeque<>();

  RefresherFactory(Plan plan, Function<String, PartContext> contexts) {
    this.plan = plan;
    this.contexts = contexts;
  }

  /**
   * Makes one.
   *
   * @param asker the part that needs it, for errors
   * @throws SettingsException if there is none of that name, or it is made of itself
   */
  Refresher create(String asker, String name) {
    PlannedPart<RefresherProvider> part = plan.refreshers.get(name);
    if (plan.isFaultyRefresher(name)) {
      return new Faulty();
    }
    if (part == null) {
      throw new SettingsException(
          "%s: no refresher \"%s\"%s"
              .formatted(asker, name, Suggestion.forUnknown(name, plan.refresherNames())));
    }
    if (underWay.contains(name)) {
      throw new SettingsException(
          "%s: the refresher is made of itself: %s".formatted(asker, path(name)));
    }
    underWay.addLast(name);
    try {
      PartContext context = contexts.apply(part.part());
      Refresher refresher = PluginRegistry.create(part.plugin(), part.settings(), context);
      return GuardOptions.guard(refresher, part.settings(), context);
    } finally {
      underWay.removeLast();
    }
  }

  /**
   * In the place of one whose settings are wrong: that was reported where they stand, and nothing
   * that is made of it will ever start.
   */
  private static final class Faulty implements Refresher {

    @Override
    public void start(RefreshListener listener) {
      throw new IllegalStateException("the settings are wrong (expected: it is never started)");
    }

    @Override
    public void close() {}
  }

  private String path(String name) {
    return String.join(" of ", List.copyOf(underWay)) + " of " + name;
  }
}

package io.lbtk.launcher.topology;

import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.SettingsException;
import io.lbtk.core.plugin.PluginRegistry;
import io.lbtk.core.refresh.GuardOptions;
import io.lbtk.core.settings.Suggestion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Creates refreshers by name, each with its guards. A refresher that two parts use is created
 * twice. Not thread-safe; used while the topology is built.
 */
final class RefresherFactory {

  /** Deepest nesting of refreshers; each level takes a part of the thread's stack. */
  private static final int MAX_DEPTH = 64;

  private final Plan plan;
  private final Function<String, PartContext> contexts;
  private final StandardInput input;
  private final Deque<String> underWay = new ArrayDeque<>();

  /** Refreshers that are nested too deep, or wrap such; reported once. */
  private final Set<String> tooDeep = new HashSet<>();

  /** Key for which the outermost refresher is created; null if it is not going to be used. */
  private @Nullable String user;

  RefresherFactory(Plan plan, Function<String, PartContext> contexts, StandardInput input) {
    this.plan = plan;
    this.contexts = contexts;
    this.input = input;
  }

  /** Creates a refresher with its guards, otherwise as {@link #createUnguarded}. */
  Refresher create(String asker, @Nullable String key, String name) {
    return create(asker, key, name, true);
  }

  /**
   * Creates a refresher without guards.
   *
   * @param asker the part that needs it, for errors
   * @param key the key by which the part names it, for errors; null if it is created only as a test
   * @param name the name of the refresher
   * @throws SettingsException if there is none of that name, it wraps itself or too many levels of
   *     others, or it reads the standard input, as an earlier one does
   */
  Refresher createUnguarded(String asker, @Nullable String key, String name) {
    return create(asker, key, name, false);
  }

  private Refresher create(String asker, @Nullable String key, String name, boolean guarded) {
    PlannedPart<RefresherProvider> part = plan.refreshers.get(name);
    plan.use(asker, "refresher." + name);
    if (plan.isFaulty("refresher", name) || tooDeep.contains(name)) {
      return new Faulty();
    }
    if (part == null) {
      throw new SettingsException(
          "%s: no refresher \"%s\"%s"
              .formatted(asker, name, Suggestion.forUnknown(name, plan.refresherNames())));
    }
    if (underWay.contains(name)) {
      throw madeOfItself(name);
    }
    if (underWay.isEmpty()) {
      user = key;
    }
    if (underWay.size() == MAX_DEPTH) {
      throw nestedTooDeep();
    }
    underWay.addLast(name);
    try {
      if (user != null && part.plugin().name().equals(StandardInput.TYPE)) {
        input.claim(asker, "%s (%s)".formatted(user, String.join(" of ", underWay)));
      }
      PartContext context = contexts.apply(part.part());
      Refresher refresher = PluginRegistry.create(part.plugin(), part.settings(), context);
      return guarded ? GuardOptions.guard(refresher, part.settings(), context) : refresher;
    } finally {
      underWay.removeLast();
    }
  }

  /**
   * Replaces a refresher whose settings are invalid: that was reported already, and nothing that
   * uses it ever starts.
   */
  private static final class Faulty implements Refresher {

    @Override
    public void start(RefreshListener listener) {
      throw new IllegalStateException("the settings are wrong (expected: it is never started)");
    }

    @Override
    public void close() {}
  }

  private SettingsException nestedTooDeep() {
    tooDeep.addAll(underWay);
    return new SettingsException(
        "refresher.%s: more than %d refreshers are made of each other: %s of … (expected: at most %2$d levels)"
            .formatted(
                underWay.getFirst(),
                MAX_DEPTH,
                String.join(" of ", underWay.stream().limit(3).toList())));
  }

  /**
   * Returns the same error for a cycle wherever it is entered: it starts with the refresher that is
   * first in the file.
   */
  private SettingsException madeOfItself(String name) {
    List<String> circle = new ArrayList<>(underWay);
    circle.subList(0, circle.indexOf(name)).clear();
    List<String> order = List.copyOf(plan.refreshers.keySet());
    String first = Collections.min(circle, Comparator.comparingInt(order::indexOf));
    Collections.rotate(circle, -circle.indexOf(first));
    circle.add(first);
    return new SettingsException(
        "refresher.%s: the refresher is made of itself: %s"
            .formatted(first, String.join(" of ", circle)));
  }
}

package io.lbtk.benchmarks.sidebyside;

import io.lbtk.benchmarks.sidebyside.Goals.Goal.To;
import io.lbtk.benchmarks.sidebyside.Measure.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Goals for lbtk's proxies. */
final class Goals {

  private final List<Goal> goals = new ArrayList<>();

  /** Adds the goals of a splicing peer that depend on the JDK. */
  private void splice(String peer, double cpuOfOne, double cpuOfMany) {
    for (String bulk : List.of("bulk-1", "bulk-8", "bulk-64")) {
      boolean one = bulk.equals("bulk-1");
      add("throughput", bulk, Quantity.THROUGHPUT, peer, To.BEST_HAPROXY, one ? 1.0 : 0.97);
      if (!one) {
        add("throughput", bulk, Quantity.THROUGHPUT, peer, To.HAPROXY, 1.4);
      }
      double cpu = one ? cpuOfOne : cpuOfMany;
      add("CPU of the proxy", bulk, Quantity.CPU_PER_GIB, peer, To.HAPROXY, cpu);
      add("CPU of the machine", bulk, Quantity.MACHINE_CPU_PER_GIB, peer, To.BEST_HAPROXY, 1.05);
    }
  }

  private void connections(String peer) {
    add("new connections", "connections", Quantity.CONNECTIONS, peer, To.HAPROXY, 1.0);
    add("CPU of the proxy", "connections", Quantity.CPU_PER_10K, peer, To.HAPROXY, 1.0);
  }

  private void add(
      String text, String measure, Quantity quantity, String peer, To to, double limit) {
    goals.add(new Goal(text, measure, quantity, peer, to, limit));
  }

  /**
   * All of them.
   *
   * @param onNewerJdk the peer that can size its pipes, if there is one
   */
  static List<Goal> of(List<String> onNewerJdk) {
    Goals goals = new Goals();
    String lbtk = Catalogue.LBTK;
    goals.connections(lbtk);
    goals.connections(lbtk + "-2t");
    goals.add("p50", "round-trip", Quantity.P50, lbtk, To.HAPROXY, 0.95);
    goals.add("CPU of the proxy", "round-trip", Quantity.CPU_PER_100K, lbtk, To.HAPROXY, 0.95);
    goals.splice(lbtk, 0.8, 0.45);
    onNewerJdk.forEach(peer -> goals.splice(peer, 0.55, 0.40));
    goals.add("an idle tunnel", "memory", Quantity.PER_TUNNEL, lbtk, To.NOTHING, 0.5);
    goals.add("at start", "memory", Quantity.RESIDENT, lbtk, To.NOTHING, 48);
    goals.add("to the first byte", "start", Quantity.FIRST_BYTE, lbtk, To.NOTHING, 150);
    String nio = Catalogue.LBTK_NIO;
    goals.add("new connections", "connections", Quantity.CONNECTIONS, nio, To.HAPROXY, 0.65);
    for (String bulk : List.of("bulk-1", "bulk-8", "bulk-64")) {
      goals.add("throughput", bulk, Quantity.THROUGHPUT, nio, To.HAPROXY, 1.0);
    }
    return List.copyOf(goals.goals);
  }

  /**
   * A bound that a median must keep.
   *
   * @param text of what is bounded
   * @param peer that must keep it
   * @param to what it is a ratio of; {@link To#NOTHING} for the value itself
   */
  record Goal(String text, String measure, Quantity quantity, String peer, To to, double limit) {

    /** Reference that a value is divided by. */
    enum To {
      NOTHING,
      /** HAProxy as it comes, with as many threads. */
      HAPROXY,
      /** The HAProxy that is best in this. */
      BEST_HAPROXY
    }

    boolean isKept(double value) {
      return quantity.moreIsBetter() ? value >= limit : value <= limit;
    }

    /** The limit as text. */
    String limitText() {
      return (quantity.moreIsBetter() ? "≥ " : "≤ ") + text(limit);
    }

    /** A value of what is bounded, as text. */
    String text(double value) {
      return to == To.NOTHING ? quantity.text(value) + " " + quantity.unit() : ratio(value);
    }

    /** A ratio as text. */
    static String ratio(double value) {
      return String.format(Locale.ROOT, "%.2f", value);
    }
  }
}

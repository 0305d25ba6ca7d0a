package io.lbtk.benchmarks.sidebyside;

import java.util.Locale;

/**
 * A bound that a median must keep.
 *
 * @param text of what is bounded
 * @param peer that must keep it
 * @param to what it is a ratio of; {@link To#NOTHING} for the value itself
 */
record Goal(String text, String measure, Quantity quantity, String peer, To to, double limit) {

  /** What a value is divided by. */
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

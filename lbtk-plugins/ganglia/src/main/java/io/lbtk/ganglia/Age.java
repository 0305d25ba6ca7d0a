package io.lbtk.ganglia;

/**
 * How long ago something was heard.
 *
 * @param seconds since then ({@code TN}); -1 if that is not known
 * @param most seconds that lie between two at the most, if all is well ({@code TMAX}); 0 if there
 *     is no such limit
 */
record Age(long seconds, long most) {

  /** So many times in a row it can be missed: the rule of gmetad. */
  private static final int MISSES = 4;

  /** No host or metric is heard of less often than once a day. */
  private static final long LONGEST_MOST = 86_400;

  private static final Age UNKNOWN = new Age(-1, 0);

  /**
   * Returns the age that an element tells.
   *
   * @param tn its {@code TN}, empty if it has none
   * @param tmax its {@code TMAX}, empty if it has none, which limits nothing
   */
  static Age of(String tn, String tmax) {
    long seconds = seconds(tn);
    long most = seconds(tmax);
    return seconds < 0 || most < 0 || most > LONGEST_MOST ? UNKNOWN : new Age(seconds, most);
  }

  private static long seconds(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    // What has more digits is longer ago than anything is remembered.
    return text.matches("[0-9]{1,12}") ? Long.parseLong(text) : -1;
  }

  /** Whether it is known; what cannot be told is neither fresh nor old. */
  boolean isKnown() {
    return seconds >= 0;
  }

  boolean isFresh() {
    return isKnown() && (most == 0 || seconds < most * MISSES);
  }
}

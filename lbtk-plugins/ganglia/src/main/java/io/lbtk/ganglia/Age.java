package io.lbtk.ganglia;

/**
 * How long ago something was heard.
 *
 * @param seconds since then ({@code TN})
 * @param most seconds that lie between two at the most, if all is well ({@code TMAX}); 0 if there
 *     is no such limit
 */
record Age(long seconds, long most) {

  /** So many times in a row it can be missed: the rule of gmetad. */
  private static final int MISSES = 4;

  boolean isFresh() {
    return most == 0 || seconds < most * MISSES;
  }
}

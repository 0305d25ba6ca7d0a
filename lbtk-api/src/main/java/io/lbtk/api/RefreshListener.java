package io.lbtk.api;

/** Takes the reports of one {@link Refresher}. */
@FunctionalInterface
public interface RefreshListener {

  /**
   * Called for each report, one call after the other, in the order in which things happened. The
   * caller may be any thread; the listener does not block it for long and throws nothing.
   */
  void onRefresh(Refresh refresh);
}

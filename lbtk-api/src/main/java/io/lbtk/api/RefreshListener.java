package io.lbtk.api;

/** Receives the reports of one {@link Refresher}. */
@FunctionalInterface
public interface RefreshListener {

  /**
   * Called with each report, serially and in order. The caller may be any thread; the listener must
   * not block it for long, and must not throw.
   */
  void onRefresh(Refresh refresh);
}

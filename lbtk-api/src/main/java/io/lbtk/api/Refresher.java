package io.lbtk.api;

/**
 * Watches a source of targets and reports its changes.
 *
 * <p><b>Reports.</b> The first report is a {@link Refresh.Snapshot}, as soon as the source was read
 * once. After that the refresher reports a snapshot or a {@link Refresh.Delta} whenever the source
 * has changed, and a {@link Refresh.Failure} when it cannot be read; after a failure it reports the
 * first set that it can read, changed or not. It reports only sets that it has read completely and
 * trusts: in doubt (a half-written file, a truncated answer) it reports a failure, or reads again.
 * A failure never ends a refresher: it goes on until it is closed. Guards against sources that are
 * empty by mistake, and against bursts, are added around each refresher: an implementation needs
 * none.
 *
 * <p><b>Threads.</b> Reports are serial and in order; they may come from any thread. {@link #start}
 * and {@link #close} may be called by any thread, and do not block for long.
 */
public interface Refresher extends AutoCloseable {

  /**
   * Starts to watch. Problems of the source are reported, not thrown.
   *
   * @throws IllegalStateException if it was started or closed before
   */
  void start(RefreshListener listener);

  /**
   * Returns the way in which this refresher learns of changes. It decides whether a doubtful set,
   * such as an empty one, is confirmed by further reads, by time, or needs no confirmation.
   */
  default Mode mode() {
    return Mode.PUSHED;
  }

  /**
   * Stops watching and releases all resources. Nothing is reported after it has returned. A second
   * call does nothing.
   */
  @Override
  void close();

  /** The ways in which a refresher learns of changes. */
  enum Mode {
    /**
     * It reads its source at intervals and reports each read, also if nothing has changed: reads
     * that agree confirm a doubtful set, and only changes are passed on. {@code PolledRefresher} of
     * the core does this for any source that can be read.
     */
    POLLED,
    /** Its source notifies it of changes; each set is reported once. */
    PUSHED,
    /**
     * Its reports are intended, an empty set too: a person has stated them, or they were confirmed
     * before.
     */
    STATED
  }
}

package io.lbtk.api;

/**
 * Watches where the targets are, and reports what it sees.
 *
 * <p><b>What it reports.</b> A {@link Refresh.Snapshot} at first, as soon as it has read its source
 * once; from then on a snapshot or a {@link Refresh.Delta} whenever the source changed, and a
 * {@link Refresh.Failure} when it cannot be read; after a failure the first set that it can read is
 * reported, changed or not. It reports only sets that it has read whole and believes: in doubt (a
 * file half written, an answer cut off), it reports a failure, or nothing and tries again. A
 * failure never ends a refresher: it goes on trying until it is closed. Guards against sources that
 * are empty by mistake, and against bursts, are put around every refresher by those who run it: an
 * author needs none.
 *
 * <p><b>Threads.</b> Reports are serial and in order, from whatever thread the refresher likes.
 * {@link #start} and {@link #close} may come from any thread, and do not block for long.
 */
public interface Refresher extends AutoCloseable {

  /**
   * Starts to watch. What is wrong with the source is reported, not thrown.
   *
   * @throws IllegalStateException if it was started or closed before
   */
  void start(RefreshListener listener);

  /**
   * How this refresher learns of changes. It tells how a set in doubt, such as an empty one, is to
   * be confirmed: by further reads, by time, or not at all.
   */
  default Mode mode() {
    return Mode.PUSHED;
  }

  /**
   * Stops watching and gives back what was held. After it returned nothing is reported any more. A
   * second call does nothing.
   */
  @Override
  void close();

  /** How a refresher learns of changes. */
  enum Mode {
    /**
     * It reads its source at intervals, and reports what it read: at least three times in a row
     * where that stays the same, since reads that say the same confirm each other. To report every
     * read is fine, only what is new goes further.
     */
    POLLED,
    /** Its source tells it; a set is reported once. */
    PUSHED,
    /**
     * What it reports is meant, an empty set too: a person has stated it, or it was confirmed
     * before.
     */
    STATED
  }
}

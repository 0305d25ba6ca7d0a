package io.lbtk.api;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** What a part of lbtk finds around it. Given to {@link Provider#create}, one for each part. */
public interface Context {

  /** The name of the part in the settings, for logs and errors: {@code refresher.backends}. */
  String name();

  /**
   * The part's own executor: its tasks run one at a time, in order, and may block. It has a thread
   * from the first task on, and ends after the part was closed.
   */
  ScheduledExecutorService scheduler();

  /** The clock to measure time by. */
  Ticker ticker();

  /**
   * How many parts of this kind the settings make, this one included: those that share what a
   * process has, such as its open files. 1 by default.
   */
  default int siblings() {
    return 1;
  }

  /**
   * Another refresher of the same settings, for one that is made of others. It is made anew, and
   * belongs to the caller, who starts and closes it.
   *
   * @throws SettingsException if there is none of that name, or if it is made of this one
   */
  Refresher refresher(String name);

  /**
   * The token source that {@code tokens} names: a generator of the same settings, URIs in order, or
   * {@code refresher:NAME} for the token ports that a refresher of the same settings finds. A proxy
   * asks once for each of its loops.
   *
   * @param executor the loop, as in {@link TokenTransport#connect}
   * @return the caller's, who closes it; a generator that others use too stays open
   * @throws SettingsException if a name is unknown
   */
  TokenSource tokenSource(List<String> names, Executor executor);
}

package io.lbtk.api;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** The surroundings of a part of lbtk. {@link Provider#create} is given one for each part. */
public interface Context {

  /**
   * Returns the name of the part in the settings, for logs and errors: {@code refresher.backends}.
   */
  String name();

  /**
   * Returns the part's own executor. Its tasks run one at a time, in order, and may block. Its
   * thread is started by the first task, and ends after the part was closed.
   */
  ScheduledExecutorService scheduler();

  /** Returns the clock to measure time with. */
  Ticker ticker();

  /**
   * Returns the number of parts of this kind in the settings, this one included, which share the
   * resources of the process, such as its open files. 1 by default.
   */
  default int siblings() {
    return 1;
  }

  /**
   * Creates another refresher of the same settings, for a refresher that is made of others. The
   * caller starts and closes it.
   *
   * @throws SettingsException if there is none of that name, or if it is made of this one
   */
  Refresher refresher(String name);

  /**
   * Returns the token source that the names of an option like {@code tokens} stand for: a generator
   * of the same settings, URIs in order, or {@code refresher:NAME} for the token ports that a
   * refresher of the same settings finds. A proxy calls this once for each of its event loops.
   *
   * @param executor the event loop, as in {@link TokenTransport#connect}
   * @return a source that the caller closes; a generator that others use too stays open then
   * @throws SettingsException if a name is unknown
   */
  TokenSource tokenSource(List<String> names, Executor executor);
}

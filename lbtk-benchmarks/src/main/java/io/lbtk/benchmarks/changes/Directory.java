package io.lbtk.benchmarks.changes;

import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;

/** A directory with a server of its own, in which one service is registered. */
interface Directory extends AutoCloseable {

  /** Watches the service. */
  Refresher refresher();

  /** Keeps one entry of the service. */
  Registrar registrar();

  /** Ends the server. */
  @Override
  void close();
}

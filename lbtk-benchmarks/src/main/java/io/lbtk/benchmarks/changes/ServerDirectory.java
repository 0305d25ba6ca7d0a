package io.lbtk.benchmarks.changes;

import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import java.util.function.Supplier;

/**
 * A directory that is served.
 *
 * @param server is closed with it
 * @param refreshers make a refresher of the service
 * @param registrars make a registrar of it
 */
record ServerDirectory(
    AutoCloseable server, Supplier<Refresher> refreshers, Supplier<Registrar> registrars)
    implements Directory {

  @Override
  public Refresher refresher() {
    return refreshers.get();
  }

  @Override
  public Registrar registrar() {
    return registrars.get();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

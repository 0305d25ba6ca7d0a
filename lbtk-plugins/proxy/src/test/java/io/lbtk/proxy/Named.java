package io.lbtk.proxy;

import io.lbtk.api.Target;
import io.lbtk.testkit.servers.NameServer;
import io.lbtk.testkit.servers.ServerProcess;
import java.nio.file.Path;

/** A name server that knows the address of {@code service.test}. */
final class Named implements AutoCloseable {

  static final String NAME = "service.test";

  private static final String ZONE =
      """
      $TTL 60
      @ IN SOA ns.test. root.test. 1 60 60 60 60
      @ IN NS ns.test.
      ns IN A 127.0.0.1
      service IN A %s
      """;

  private final ServerProcess server;

  /**
   * Starts it; see {@link NameServer}.
   *
   * @param folder its own
   * @param address what it answers
   */
  Named(Path folder, String address) {
    server = NameServer.start(folder, "test", ZONE.formatted(address), "");
  }

  Target target() {
    return Target.of("127.0.0.1", server.address().getPort());
  }

  @Override
  public void close() {
    server.close();
  }
}

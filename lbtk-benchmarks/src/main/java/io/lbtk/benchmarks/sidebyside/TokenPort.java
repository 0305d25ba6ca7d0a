package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process with a generator of one target, and its token port. */
record TokenPort(String uri, Child process) {

  /** Returns once it listens. */
  static TokenPort start(Setup setup, Route route) throws IOException, InterruptedException {
    String name = route.name() + "-tokens";
    InetSocketAddress address = Loopback.front(setup.ports().free());
    String uri = "tcp://" + Route.text(address);
    Path file = setup.directory().resolve(name + ".properties");
    Files.writeString(
        file,
        """
        refresher.backend.type = static
        refresher.backend.targets = %s
        generator.main.refreshers = backend
        generator.main.listen = %s
        """
            .formatted(route.targetText(), uri));
    Lbtk lbtk = setup.lbtk();
    Child process = setup.children().start(name, lbtk.command(file.toString()), lbtk.environment());
    FirstByte.untilAccepted(process, address);
    return new TokenPort(uri, process);
  }
}

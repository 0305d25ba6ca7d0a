package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Free ports, each given once, below those that the kernel gives to outgoing connections. */
final class Ports {

  private static final int FIRST = 20_000;
  private static final int LAST = 32_000;

  private int next = ThreadLocalRandom.current().nextInt(FIRST, LAST - 2000);

  int free() throws IOException {
    while (next <= LAST) {
      int port = next++;
      try (ServerSocket probe = new ServerSocket()) {
        probe.setReuseAddress(false);
        probe.bind(new InetSocketAddress(port));
        return port;
      } catch (BindException e) {
        // The next one.
      }
    }
    throw new IOException("no free port is left up to " + LAST);
  }
}

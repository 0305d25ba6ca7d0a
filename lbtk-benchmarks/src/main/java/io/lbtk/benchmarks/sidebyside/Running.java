package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A peer that is up.
 *
 * @param proxy null if there is none
 */
record Running(Peer peer, Route route, @Nullable Child proxy) {

  /** Where clients connect. */
  InetSocketAddress address() {
    return proxy == null ? route.target() : route.listen();
  }

  /** Of the proxy, so far; not a number if there is none. */
  double cpuSeconds() throws IOException {
    return proxy == null ? Double.NaN : proxy.cpuSeconds();
  }

  /** Of what decides for it, so far. */
  double helperCpuSeconds() throws IOException {
    Starter starter = peer.starter();
    return starter == null ? Double.NaN : starter.helperCpuSeconds(route);
  }

  /** The proxy. */
  Child process() {
    if (proxy == null) {
      throw new IllegalStateException(peer.name() + " has no process");
    }
    return proxy;
  }
}

package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The proxies and what is behind them. Each peer has a backend address of its own, so that
 * connections of one that still wait to be forgotten are not in the way of another's.
 */
final class Fleet {

  /** What is behind a proxy. */
  enum Backend {
    ECHO,
    BULK
  }

  private static final int ACCEPT_MILLIS = 300;

  private final Setup setup;
  private final List<Peer> peers;
  private final LoadProcess echoes;
  private final int echoPort;
  private final int bulkPort;
  private final Map<String, Running> running = new HashMap<>();
  private final Map<InetSocketAddress, Boolean> backends = new HashMap<>();
  private int started;

  Fleet(Setup setup, List<Peer> peers, LoadProcess echoes) throws IOException {
    this.setup = setup;
    this.peers = peers;
    this.echoes = echoes;
    this.echoPort = setup.ports().free();
    this.bulkPort = setup.ports().free();
  }

  /** The process of the echo servers. */
  Child echoProcess() {
    return echoes.child();
  }

  /** A peer that is up and stays so. */
  Running running(Peer peer, Backend backend) throws IOException, InterruptedException {
    String key = peer.name() + "-" + backend.name().toLowerCase(Locale.ROOT);
    Running known = running.get(key);
    if (known == null) {
      known = start(peer, route(key, peer, backend));
      if (known.proxy() != null) {
        FirstByte.untilAccepted(known.process(), known.address());
      }
      running.put(key, known);
    }
    if (known.proxy() != null) {
      known.process().checkAlive();
    }
    return known;
  }

  /** Where a process of the peer is to listen that is started later, with echoes behind it. */
  Route freshRoute(Peer peer) throws IOException, InterruptedException {
    Route route = route(peer.name() + "-fresh-" + ++started, peer, Backend.ECHO);
    Starter starter = peer.starter();
    if (starter != null) {
      starter.prepare(route);
    }
    return route;
  }

  /** Starts a process that does not listen yet; it is closed by the caller. */
  Running start(Peer peer, Route route) throws IOException, InterruptedException {
    Starter starter = peer.starter();
    return new Running(peer, route, starter == null ? null : starter.start(route));
  }

  private Route route(String name, Peer peer, Backend backend)
      throws IOException, InterruptedException {
    InetSocketAddress target =
        Loopback.backend(peers.indexOf(peer) + 1, backend == Backend.ECHO ? echoPort : bulkPort);
    if (backends.putIfAbsent(target, true) == null) {
      open(target, backend);
    }
    return new Route(name, Loopback.front(setup.ports().free()), target);
  }

  private void open(InetSocketAddress target, Backend backend)
      throws IOException, InterruptedException {
    if (backend == Backend.ECHO) {
      echoes.echo(target);
    } else {
      String host = target.getHostString();
      Child server =
          setup
              .children()
              .start(
                  "iperf3-" + host,
                  List.of("iperf3", "-s", "-B", host, "-p", Integer.toString(target.getPort())),
                  Map.of());
      // It takes a connection for a test, so it is not tried whether it listens.
      TimeUnit.MILLISECONDS.sleep(ACCEPT_MILLIS);
      server.checkAlive();
    }
  }
}

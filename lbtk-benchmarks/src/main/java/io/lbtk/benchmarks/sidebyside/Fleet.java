package io.lbtk.benchmarks.sidebyside;

import io.lbtk.benchmarks.sidebyside.Children.Child;
import io.lbtk.benchmarks.sidebyside.Peer.Starter;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The proxies and what is behind them. Each peer has a backend address of its own, so that
 * connections of one that still wait to be forgotten are not in the way of another's.
 */
final class Fleet {

  /** Kind of backend behind a proxy. */
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

  /** Prepares a route to the echo servers for a process of the peer that is started later. */
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

  /**
   * Resources shared by all starters.
   *
   * @param directory for configurations; it is deleted at the end
   * @param mostTunnels what a proxy is set up for: two sockets each, within the limit on open files
   * @param lbtk on the default java
   */
  record Setup(Path directory, Children children, Ports ports, int mostTunnels, Lbtk lbtk) {}

  /** Free ports, each given once, below those that the kernel gives to outgoing connections. */
  static final class Ports {

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

  /** Addresses of this machine, as numbers: no name is looked up, and none is written. */
  static final class Loopback {

    private Loopback() {}

    /** A port of 127.0.0.1. */
    static InetSocketAddress front(int port) throws IOException {
      return address(0, 1, port);
    }

    /** A port of the address that the backend of one peer has for itself. */
    static InetSocketAddress backend(int peer, int port) throws IOException {
      return address(1, peer, port);
    }

    private static InetSocketAddress address(int network, int host, int port) throws IOException {
      byte[] bytes = {127, 0, (byte) network, (byte) host};
      return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
    }
  }

  /**
   * Listen address and target of a proxy.
   *
   * @param name of the files for it; names one process of one peer
   */
  record Route(String name, InetSocketAddress listen, InetSocketAddress target) {

    /** An address as command lines and configurations have it. */
    static String text(InetSocketAddress address) {
      return address.getHostString() + ":" + address.getPort();
    }

    String listenText() {
      return text(listen);
    }

    String targetText() {
      return text(target);
    }
  }

  /**
   * A peer that is up.
   *
   * @param proxy null if there is none
   */
  record Running(Peer peer, Route route, @Nullable Child proxy) {

    /** Returns the address that clients connect to. */
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

  /** Waits for a process that begins to listen, by trying every millisecond. */
  static final class FirstByte {

    private static final int TIMEOUT_SECONDS = 20;
    private static final int TRY_MILLIS = 1;
    private static final int ANSWER_MILLIS = 5000;

    private FirstByte() {}

    /** Returns once a connection is accepted. */
    static void untilAccepted(Child process, InetSocketAddress address)
        throws IOException, InterruptedException {
      until(process, address, false);
    }

    /** Returns once a byte was echoed through the process. */
    static void untilEchoed(Child process, InetSocketAddress address)
        throws IOException, InterruptedException {
      until(process, address, true);
    }

    private static void until(Child process, InetSocketAddress address, boolean echo)
        throws IOException, InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
      while (!tried(address, echo)) {
        process.checkAlive();
        if (System.nanoTime() > end) {
          throw new IOException(
              "nothing came through %s within %d s:%n%s"
                  .formatted(address, TIMEOUT_SECONDS, process.logged()));
        }
        TimeUnit.MILLISECONDS.sleep(TRY_MILLIS);
      }
    }

    private static boolean tried(InetSocketAddress address, boolean echo) {
      try (Socket socket = new Socket()) {
        socket.connect(address, ANSWER_MILLIS);
        if (!echo) {
          return true;
        }
        socket.setSoTimeout(ANSWER_MILLIS);
        socket.getOutputStream().write('x');
        return socket.getInputStream().read() == 'x';
      } catch (IOException e) {
        return false;
      }
    }
  }
}

package io.lbtk.benchmarks.sidebyside;

import io.lbtk.benchmarks.sidebyside.Children.Child;
import io.lbtk.benchmarks.sidebyside.Fleet.FirstByte;
import io.lbtk.benchmarks.sidebyside.Fleet.Loopback;
import io.lbtk.benchmarks.sidebyside.Fleet.Route;
import io.lbtk.benchmarks.sidebyside.Fleet.Setup;
import io.lbtk.benchmarks.sidebyside.Lbtk.Jdk;
import io.lbtk.benchmarks.sidebyside.Peer.Family;
import io.lbtk.benchmarks.sidebyside.Peer.Starter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** All peers that can be had on this machine. */
final class Catalogue {

  static final String LBTK = "lbtk";
  static final String LBTK_NIO = "lbtk-nio";
  static final String HAPROXY = "haproxy";
  static final String DIRECT = "direct";

  private static final int WINDOW = 16;
  private static final Set<String> CONNECTIONS_ONLY = Set.of("connections");

  private final Setup setup;
  private final Jdk current;
  private final Optional<Jdk> newer;

  /**
   * Knows the peers.
   *
   * @param newer than the current one, if there is one
   */
  Catalogue(Setup setup, Jdk current, Optional<Jdk> newer) {
    this.setup = setup;
    this.current = current;
    this.newer = newer;
  }

  /** The peer of lbtk's splice engine on another JDK than the default one. */
  static String onJdk(Jdk jdk) {
    return LBTK + "-jdk" + jdk.feature();
  }

  List<Peer> peers() {
    List<Peer> peers = new ArrayList<>();
    peers.add(new Peer(DIRECT, Family.DIRECT, 0, "no proxy", Set.of(), null));
    for (int threads : new int[] {1, 2}) {
      peers.add(haproxy(threads, false));
    }
    for (int threads : new int[] {1, 2}) {
      peers.add(haproxy(threads, true));
    }
    peers.add(
        new Peer(
            "nginx",
            Family.NGINX,
            1,
            "nginx with its stream module, 1 worker",
            Set.of(),
            new NginxStarter(setup, 1)));
    peers.add(splice(LBTK, current, 1, WINDOW, Set.of()));
    peers.add(splice(LBTK + "-2t", current, 2, WINDOW, Set.of()));
    peers.add(splice(LBTK + "-w0", current, 1, 0, CONNECTIONS_ONLY));
    newer.ifPresent(jdk -> peers.add(splice(onJdk(jdk), jdk, 1, WINDOW, Set.of())));
    newer.ifPresent(jdk -> peers.add(splice(onJdk(jdk) + "-2t", jdk, 2, WINDOW, Set.of())));
    peers.add(
        lbtk(LBTK_NIO, Family.LBTK_NIO, current, new LbtkStarter.Settings("tcp-nio", 1, WINDOW)));
    return peers;
  }

  private Peer haproxy(int threads, boolean strongest) {
    return new Peer(
        HAPROXY + (strongest ? "-forced" : "") + (threads == 1 ? "" : "-" + threads + "t"),
        strongest ? Family.HAPROXY_STRONGEST : Family.HAPROXY,
        threads,
        strongest
            ? "HAProxy, `nbthread %d`, `option splice-request`, `option splice-response`, `tune.pipesize 1048576`"
                .formatted(threads)
            : "HAProxy, `nbthread %d`, `option splice-auto`".formatted(threads),
        Set.of(),
        new HaproxyStarter(setup, threads, strongest));
  }

  private Peer splice(String name, Jdk jdk, int loops, int window, Set<String> only) {
    Peer peer =
        lbtk(name, Family.LBTK_SPLICE, jdk, new LbtkStarter.Settings("tcp-splice", loops, window));
    return new Peer(peer.name(), peer.family(), peer.threads(), peer.about(), only, peer.starter());
  }

  private Peer lbtk(String name, Family family, Jdk jdk, LbtkStarter.Settings settings) {
    Lbtk lbtk = new Lbtk(setup.lbtk().root(), jdk.home());
    return new Peer(
        name,
        family,
        settings.loops(),
        "lbtk, `type = %s`, `loops = %d`, `window = %d`, on JDK %d; the token port is another process"
            .formatted(settings.type(), settings.loops(), settings.window(), jdk.feature()),
        Set.of(),
        new LbtkStarter(setup, lbtk, settings));
  }

  /** Starts HAProxy. */
  static final class HaproxyStarter implements Starter {

    private final Setup setup;
    private final int threads;
    private final boolean strongest;

    HaproxyStarter(Setup setup, int threads, boolean strongest) {
      this.setup = setup;
      this.threads = threads;
      this.strongest = strongest;
    }

    @Override
    public Child start(Route route) throws IOException {
      Path file = setup.directory().resolve(route.name() + ".cfg");
      Files.writeString(file, configuration(route));
      return setup
          .children()
          .start(route.name(), List.of("haproxy", "-db", "-f", file.toString()), Map.of());
    }

    String configuration(Route route) {
      return """
        global
          nbthread %d
          maxconn %d
        %sdefaults
          mode tcp
          timeout connect 5s
          timeout client 10m
          timeout server 10m
        %slisten front
          bind %s
          server backend %s
        """
          .formatted(
              threads,
              setup.mostTunnels(),
              strongest ? "  tune.pipesize 1048576\n" : "",
              strongest
                  ? "  option splice-request\n  option splice-response\n"
                  : "  option splice-auto\n",
              route.listenText(),
              route.targetText());
    }
  }

  /** Starts nginx with its stream module. */
  static final class NginxStarter implements Starter {

    private static final List<Path> MODULES =
        Stream.of("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules")
            .map(folder -> Path.of(folder, "ngx_stream_module.so"))
            .toList();

    private final Setup setup;
    private final int workers;

    NginxStarter(Setup setup, int workers) {
      this.setup = setup;
      this.workers = workers;
    }

    @Override
    public Child start(Route route) throws IOException {
      Path folder = Files.createDirectories(setup.directory().resolve(route.name()));
      Path file = folder.resolve("nginx.conf");
      Files.writeString(file, configuration(route));
      return setup
          .children()
          .start(
              route.name(),
              List.of("nginx", "-p", folder.toString(), "-c", file.toString(), "-e", "stderr"),
              Map.of());
    }

    /**
     * Returns true if the stream module is installed as a file; a built-in module is not detected.
     */
    static boolean hasStream() {
      return !loadModule().isEmpty();
    }

    /** The module is built in where it is no file. */
    private static String loadModule() {
      return MODULES.stream()
          .filter(Files::exists)
          .findFirst()
          .map(module -> "load_module " + module + ";\n")
          .orElse("");
    }

    String configuration(Route route) {
      return loadModule()
          + """
        daemon off;
        worker_processes %d;
        pid nginx.pid;
        error_log stderr;
        events { worker_connections %d; }
        stream {
          server {
            listen %s reuseport backlog=4096;
            proxy_pass %s;
            proxy_connect_timeout 5s;
            proxy_timeout 10m;
          }
        }
        """
              .formatted(workers, 2 * setup.mostTunnels(), route.listenText(), route.targetText());
    }
  }

  /** Starts lbtk: a proxy, and in another process the token port that it asks. */
  static final class LbtkStarter implements Starter {

    /** Settings of a proxy. */
    record Settings(String type, int loops, int window) {}

    private final Setup setup;
    private final Lbtk lbtk;
    private final Settings settings;
    private final Map<String, TokenPort> ports = new HashMap<>();

    LbtkStarter(Setup setup, Lbtk lbtk, Settings settings) {
      this.setup = setup;
      this.lbtk = lbtk;
      this.settings = settings;
    }

    @Override
    public void prepare(Route route) throws IOException, InterruptedException {
      port(route);
    }

    @Override
    public Child start(Route route) throws IOException, InterruptedException {
      Path file = setup.directory().resolve(route.name() + ".properties");
      Files.writeString(file, configuration(route, port(route).uri()));
      return setup
          .children()
          .start(route.name(), lbtk.command(file.toString()), lbtk.environment());
    }

    @Override
    public double helperCpuSeconds(Route route) throws IOException {
      TokenPort port = ports.get(route.targetText());
      return port == null ? Double.NaN : port.process().cpuSeconds();
    }

    private TokenPort port(Route route) throws IOException, InterruptedException {
      TokenPort port = ports.get(route.targetText());
      if (port == null) {
        port = TokenPort.start(setup, route);
        ports.put(route.targetText(), port);
      }
      return port;
    }

    String configuration(Route route, String tokens) {
      return """
        proxy.front.type = %s
        proxy.front.listen = %s
        proxy.front.tokens = %s
        proxy.front.loops = %d
        proxy.front.window = %d
        """
          .formatted(
              settings.type(), route.listenText(), tokens, settings.loops(), settings.window());
    }
  }

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
      Child process =
          setup.children().start(name, lbtk.command(file.toString()), lbtk.environment());
      FirstByte.untilAccepted(process, address);
      return new TokenPort(uri, process);
    }
  }
}

package io.lbtk.benchmarks.sidebyside;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
}

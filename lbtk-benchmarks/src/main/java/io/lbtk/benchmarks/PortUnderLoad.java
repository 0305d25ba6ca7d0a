package io.lbtk.benchmarks;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Target;
import io.lbtk.core.Generator;
import io.lbtk.standard.policy.RoundRobin;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A generator behind a token port, and lease peers of it, which all share one event loop as those
 * of a machine with few cores would: over TCP on the loopback, all in this process.
 */
final class PortUnderLoad implements AutoCloseable {

  private final ReportedTargets targets;
  private final Generator generator;
  private final TokenPort port;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  /** A port that serves so many targets: 10.0.0.0:80 and so on. */
  PortUnderLoad(int targetCount) {
    targets =
        new ReportedTargets(
            IntStream.range(0, targetCount).mapToObj(PortUnderLoad::target).toList());
    generator = Generator.builder().refresher(targets).policy(RoundRobin.create()).build();
    port = new TokenPort(generator);
  }

  static Target target(int number) {
    return Target.of("10.0.%d.%d".formatted(number >> 8, number & 255), 80);
  }

  /** The event loop of all peers. */
  EventLoop loop() {
    return group.next();
  }

  /** Peers that are connected. */
  List<RemoteTokenSource> connect(int count) throws InterruptedException {
    List<RemoteTokenSource> peers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      peers.add(port.connect(loop()));
    }
    while (!peers.stream().allMatch(RemoteTokenSource::connected)) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return peers;
  }

  /** Reports one more target. */
  void add(Target target) {
    targets.report(Refresh.delta(List.of(target), Set.of()));
  }

  /** Reports one target less. */
  void remove(Target target) {
    targets.report(Refresh.delta(List.of(), Set.of(target.hostPort())));
  }

  @Override
  public void close() {
    port.close();
    generator.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** A refresher that reports given targets on the caller's thread. */
  static final class ReportedTargets implements Refresher {

    private final List<Target> initial;
    private volatile RefreshListener listener = report -> {};

    /** Reports these when it is started. */
    ReportedTargets(List<Target> initial) {
      this.initial = initial;
    }

    @Override
    public void start(RefreshListener newListener) {
      listener = newListener;
      newListener.onRefresh(Refresh.snapshot(initial));
    }

    /** Returns when the guards and the generator, if that is what listens, have taken it over. */
    void report(Refresh refresh) {
      listener.onRefresh(refresh);
    }

    @Override
    public void close() {}
  }
}

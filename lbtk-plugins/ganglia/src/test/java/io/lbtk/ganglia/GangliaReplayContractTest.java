package io.lbtk.ganglia;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.DirectoryContract;
import io.lbtk.testkit.DirectoryServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A replay of gmond, which can have hosts vanish: the real one keeps them for hours. */
class GangliaReplayContractTest extends DirectoryContract {

  private static Replay replay;

  private String written = "";

  @BeforeAll
  static void open() {
    replay = new Replay();
  }

  @AfterAll
  static void close() {
    replay.close();
  }

  @Override
  protected DirectoryServer server() {
    return replay;
  }

  @Override
  protected Refresher newRefresher(InetSocketAddress server) {
    return GangliaRefresher.builder("127.0.0.1", server.getPort())
        .cluster("lbtk")
        .timeout(Duration.ofSeconds(1))
        .interval(Duration.ofMillis(50))
        .build();
  }

  /** Weights are computed, and there are no attributes but the name. */
  @Override
  protected boolean supports(Feature feature) {
    return feature != Feature.WEIGHTS && feature != Feature.ATTRIBUTES;
  }

  @Override
  protected void write(List<Target> targets) {
    written =
        targets.stream()
            .map(target -> host(target.host(), Integer.toString(target.port())))
            .collect(Collectors.joining());
    answer(written);
  }

  @Override
  protected void writeGarbage() {
    answer(host("10.0.0.8", "none") + host("10.0.0.9", "99999") + host("a b", "80") + written);
  }

  /** A cluster always has a host or two that were not heard of for long. */
  private static void answer(String hosts) {
    String dead = Recorded.host("10.9.9.9", "10.9.9.9", 80, Recorded.metric("lbtk_port", "1", 80));
    replay.answer(Recorded.answer(Recorded.cluster("lbtk", dead + hosts)));
  }

  private static String host(String address, String port) {
    return Recorded.host(address, address, 3, Recorded.metric("lbtk_port", port, 100));
  }
}

package io.lbtk.benchmarks.sidebyside;

import io.lbtk.benchmarks.sidebyside.Children.Child;
import io.lbtk.benchmarks.sidebyside.Fleet.FirstByte;
import io.lbtk.benchmarks.sidebyside.Fleet.Route;
import io.lbtk.benchmarks.sidebyside.Fleet.Running;
import io.lbtk.benchmarks.sidebyside.Measure.Quantity;
import io.lbtk.benchmarks.sidebyside.Peer.Family;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Time from the start of a process to the first byte echoed through it. */
final class Starting implements Measure {

  private static final double NANOS_PER_MILLI = 1e6;

  private final Fleet fleet;

  Starting(Fleet fleet) {
    this.fleet = fleet;
  }

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String title() {
    return "Start of the process to the first byte through it";
  }

  @Override
  public String about() {
    return "A client tries again every millisecond. The token port is up before.";
  }

  @Override
  public List<Quantity> quantities() {
    return List.of(Quantity.FIRST_BYTE);
  }

  @Override
  public boolean suits(Peer peer) {
    return peer.family() != Family.DIRECT && peer.threads() <= 1;
  }

  @Override
  public int warmUps() {
    return 1;
  }

  @Override
  public Map<Quantity, Double> take(Peer peer) throws IOException, InterruptedException {
    Route route = fleet.freshRoute(peer);
    long start = System.nanoTime();
    Running running = fleet.start(peer, route);
    try (Child process = running.process()) {
      FirstByte.untilEchoed(process, running.address());
      return Map.of(Quantity.FIRST_BYTE, (System.nanoTime() - start) / NANOS_PER_MILLI);
    }
  }
}

package io.lbtk.benchmarks.sidebyside;

import io.lbtk.benchmarks.sidebyside.Children.Child;
import io.lbtk.benchmarks.sidebyside.Fleet.FirstByte;
import io.lbtk.benchmarks.sidebyside.Fleet.Running;
import io.lbtk.benchmarks.sidebyside.Measure.Quantity;
import io.lbtk.benchmarks.sidebyside.Peer.Family;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Resident memory of a new process, and what idle tunnels add to it. */
final class Memory implements Measure {

  private static final int FEW = 1000;
  private static final int MANY = 5000;
  private static final int WARM_UP = 20_000;
  private static final int WARM_UP_AT_ONCE = 32;
  private static final int SETTLE_MILLIS = 700;
  private static final double KIB_PER_MIB = 1024;

  private final Fleet fleet;
  private final LoadProcess client;
  private final int many;

  Memory(Fleet fleet, LoadProcess client, int mostTunnels) {
    this.fleet = fleet;
    this.client = client;
    this.many = Math.min(MANY, mostTunnels);
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public String title() {
    return "Resident memory";
  }

  @Override
  public String about() {
    return ("A new process, %d ms after the first byte through it; then, for a tunnel that has"
            + " exchanged one byte, the growth from %,d tunnels to %,d, after %,d short ones: until"
            + " then what grows is a JIT compiler's.")
        .formatted(SETTLE_MILLIS, FEW, many, WARM_UP);
  }

  @Override
  public List<Quantity> quantities() {
    return List.of(Quantity.RESIDENT, Quantity.PROPORTIONAL, Quantity.PER_TUNNEL);
  }

  @Override
  public boolean suits(Peer peer) {
    return peer.family() != Family.DIRECT && peer.threads() <= 1;
  }

  @Override
  public int warmUps() {
    return 0;
  }

  @Override
  public Map<Quantity, Double> take(Peer peer) throws IOException, InterruptedException {
    Running running = fleet.start(peer, fleet.freshRoute(peer));
    try (Child process = running.process()) {
      FirstByte.untilEchoed(process, running.address());
      TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
      double resident = Procfs.residentKib(process.handle());
      double share = Procfs.proportionalKib(process.handle());
      client.connections(running.address(), WARM_UP, WARM_UP_AT_ONCE);
      double few = residentWith(running, FEW);
      double more = residentWith(running, many - FEW);
      Map<Quantity, Double> values = new HashMap<>();
      values.put(Quantity.RESIDENT, resident / KIB_PER_MIB);
      values.put(Quantity.PROPORTIONAL, share / KIB_PER_MIB);
      values.put(Quantity.PER_TUNNEL, (more - few) / (many - FEW));
      return values;
    } finally {
      client.release();
    }
  }

  private double residentWith(Running running, int furtherTunnels)
      throws IOException, InterruptedException {
    double failed = client.hold(running.address(), furtherTunnels).getOrDefault("failed", 0.0);
    if (failed > 0) {
      throw new IOException("%.0f of %d tunnels failed".formatted(failed, furtherTunnels));
    }
    TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
    return Procfs.residentKib(running.process().handle());
  }
}

package io.lbtk.benchmarks.sidebyside;

import io.lbtk.benchmarks.sidebyside.Fleet.Running;
import io.lbtk.benchmarks.sidebyside.Measure.Quantity;
import io.lbtk.benchmarks.sidebyside.Procfs.OneProcessor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Short messages to and fro on one connection, everything on one CPU: so it is the sum of the ways
 * through the code, without the waking of another CPU, which takes longer and varies.
 */
final class RoundTrip implements Measure {

  private static final int BYTES = 64;
  private static final double PER = 100_000;

  private final Fleet fleet;
  private final LoadProcess client;
  private final int seconds;

  RoundTrip(Fleet fleet, LoadProcess client, int seconds) {
    this.fleet = fleet;
    this.client = client;
    this.seconds = seconds;
  }

  @Override
  public String name() {
    return "round-trip";
  }

  @Override
  public String title() {
    return "Round trip of 64 bytes, everything on one CPU";
  }

  @Override
  public String about() {
    return "One connection, one message at a time, for %d s; client, proxy and backend are bound to one CPU by `taskset`."
        .formatted(seconds);
  }

  @Override
  public List<Quantity> quantities() {
    return List.of(Quantity.P50, Quantity.P99, Quantity.CPU_PER_100K);
  }

  @Override
  public boolean suits(Peer peer) {
    return peer.threads() <= 1;
  }

  @Override
  public int warmUps() {
    return 1;
  }

  @Override
  public Map<Quantity, Double> take(Peer peer) throws IOException, InterruptedException {
    Running running = fleet.running(peer, Fleet.Backend.ECHO);
    List<ProcessHandle> together = new ArrayList<>();
    together.add(client.child().handle());
    together.add(fleet.echoProcess().handle());
    if (running.proxy() != null) {
      together.add(running.process().handle());
    }
    OneProcessor bound = OneProcessor.bind(together);
    try {
      double before = running.cpuSeconds();
      Map<String, Double> result = client.roundTrips(running.address(), seconds * 1000, BYTES);
      double cpu = running.cpuSeconds() - before;
      Map<Quantity, Double> values = new HashMap<>();
      values.put(Quantity.P50, result.getOrDefault("p50", Double.NaN));
      values.put(Quantity.P99, result.getOrDefault("p99", Double.NaN));
      values.put(Quantity.CPU_PER_100K, cpu / result.getOrDefault("count", Double.NaN) * PER);
      return values;
    } finally {
      bound.close();
    }
  }
}

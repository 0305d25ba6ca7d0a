package io.lbtk.benchmarks.sidebyside;

import io.lbtk.benchmarks.sidebyside.Fleet.Running;
import io.lbtk.benchmarks.sidebyside.Measure.Quantity;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** New connections, each of which exchanges a byte and is ended by the client. */
final class Connecting implements Measure {

  private static final int CONNECTIONS = 8000;
  private static final int CONCURRENCY = 32;
  private static final double PER = 10_000;

  /** Until the proxy has seen the last of them end. */
  private static final int ENDING_MILLIS = 100;

  /** Linux uses a port again that waits to be forgotten, on the loopback after one second. */
  private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

  private final Fleet fleet;
  private final LoadProcess client;
  private final Map<Peer, Long> lastNanos = new HashMap<>();

  Connecting(Fleet fleet, LoadProcess client) {
    this.fleet = fleet;
    this.client = client;
  }

  @Override
  public String name() {
    return "connections";
  }

  @Override
  public String title() {
    return "New connections";
  }

  @Override
  public String about() {
    return "%,d connections, %d at once: connect, one byte there and back, close by the client."
        .formatted(CONNECTIONS, CONCURRENCY);
  }

  @Override
  public List<Quantity> quantities() {
    return List.of(
        Quantity.CONNECTIONS,
        Quantity.CPU_PER_10K,
        Quantity.TOKENS_CPU_PER_10K,
        Quantity.LOAD_CPU_PER_10K,
        Quantity.MACHINE_CPU_PER_10K,
        Quantity.P99);
  }

  @Override
  public boolean suits(Peer peer) {
    return true;
  }

  /** A JVM is done with compiling after some hundred thousand. */
  @Override
  public int warmUps() {
    return 10;
  }

  @Override
  public Map<Quantity, Double> take(Peer peer) throws IOException, InterruptedException {
    Running running = fleet.running(peer, Fleet.Backend.ECHO);
    rest(peer);
    double proxy = -running.cpuSeconds();
    double tokens = -running.helperCpuSeconds();
    double load = -loadCpuSeconds();
    double machine = -Procfs.machineSeconds();
    Map<String, Double> result = client.connections(running.address(), CONNECTIONS, CONCURRENCY);
    TimeUnit.MILLISECONDS.sleep(ENDING_MILLIS);
    lastNanos.put(peer, System.nanoTime());
    proxy += running.cpuSeconds();
    tokens += running.helperCpuSeconds();
    load += loadCpuSeconds();
    machine += Procfs.machineSeconds();
    double failed = result.getOrDefault("failed", 0.0);
    if (failed > 0) {
      throw new IOException("%.0f of %d connections failed".formatted(failed, CONNECTIONS));
    }
    Map<Quantity, Double> values = new HashMap<>();
    values.put(Quantity.CONNECTIONS, CONNECTIONS / result.getOrDefault("seconds", Double.NaN));
    values.put(Quantity.CPU_PER_10K, proxy / CONNECTIONS * PER);
    values.put(Quantity.TOKENS_CPU_PER_10K, tokens / CONNECTIONS * PER);
    values.put(Quantity.LOAD_CPU_PER_10K, load / CONNECTIONS * PER);
    values.put(Quantity.MACHINE_CPU_PER_10K, machine / CONNECTIONS * PER);
    values.put(Quantity.P99, result.getOrDefault("p99", Double.NaN));
    return values;
  }

  private double loadCpuSeconds() throws IOException {
    return client.child().cpuSeconds() + fleet.echoProcess().cpuSeconds();
  }

  private void rest(Peer peer) throws InterruptedException {
    Long last = lastNanos.get(peer);
    if (last != null) {
      TimeUnit.NANOSECONDS.sleep(last + REST_NANOS - System.nanoTime());
    }
  }
}

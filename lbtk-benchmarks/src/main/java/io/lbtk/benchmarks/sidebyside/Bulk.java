package io.lbtk.benchmarks.sidebyside;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.lbtk.benchmarks.sidebyside.Children.Child;
import io.lbtk.benchmarks.sidebyside.Fleet.Running;
import io.lbtk.benchmarks.sidebyside.Measure.Quantity;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Bulk throughput, measured by iperf3. */
final class Bulk implements Measure {

  private static final double GIB = 1L << 30;
  private static final int PATIENCE_SECONDS = 20;
  private static final int TRIES = 3;
  private static final int REST_MILLIS = 300;

  private final Fleet fleet;
  private final Children children;
  private final int streams;
  private final int seconds;

  Bulk(Fleet fleet, Children children, int streams, int seconds) {
    this.fleet = fleet;
    this.children = children;
    this.streams = streams;
    this.seconds = seconds;
  }

  @Override
  public String name() {
    return "bulk-" + streams;
  }

  @Override
  public String title() {
    return streams == 1 ? "Bulk, 1 stream" : "Bulk, " + streams + " streams";
  }

  @Override
  public String about() {
    return "`iperf3 -t %d -P %d`, what the receiver got.".formatted(seconds, streams);
  }

  @Override
  public List<Quantity> quantities() {
    return List.of(Quantity.THROUGHPUT, Quantity.CPU_PER_GIB, Quantity.MACHINE_CPU_PER_GIB);
  }

  @Override
  public boolean suits(Peer peer) {
    return true;
  }

  @Override
  public int warmUps() {
    return 1;
  }

  @Override
  public Map<Quantity, Double> take(Peer peer) throws IOException, InterruptedException {
    Running running = fleet.running(peer, Fleet.Backend.BULK);
    for (int i = 1; ; i++) {
      try {
        return once(running);
      } catch (IOException e) {
        // Its server still ends the test before.
        if (i == TRIES) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(REST_MILLIS);
      }
    }
  }

  private Map<Quantity, Double> once(Running running) throws IOException, InterruptedException {
    double proxyBefore = running.cpuSeconds();
    double machineBefore = Procfs.machineSeconds();
    IperfResult result = iperf(running);
    double proxy = running.cpuSeconds() - proxyBefore;
    double machine = Procfs.machineSeconds() - machineBefore;
    double gib = result.bytes() / GIB;
    Map<Quantity, Double> values = new HashMap<>();
    values.put(Quantity.THROUGHPUT, result.bytes() * 8 / result.seconds() / 1e9);
    values.put(Quantity.CPU_PER_GIB, proxy / gib);
    values.put(Quantity.MACHINE_CPU_PER_GIB, machine / gib);
    return values;
  }

  private IperfResult iperf(Running running) throws IOException, InterruptedException {
    try (Child client =
        children.start(
            "iperf3-client",
            List.of(
                "iperf3",
                "-c",
                running.address().getHostString(),
                "-p",
                Integer.toString(running.address().getPort()),
                "-t",
                Integer.toString(seconds),
                "-P",
                Integer.toString(streams),
                "-J"),
            Map.of())) {
      if (!client.process().waitFor(seconds + PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("iperf3 does not end");
      }
      return IperfResult.parse(client.logged());
    }
  }

  /**
   * Report of an iperf3 client that ran with {@code -J}.
   *
   * @param bytes that the receiver got
   * @param seconds that it took
   */
  record IperfResult(double bytes, double seconds) {

    private static final String RECEIVED = "/end/sum_received/";

    /** Throws if the report is of a failure. */
    static IperfResult parse(String json) throws IOException {
      double bytes = 0;
      double seconds = 0;
      try (JsonParser parser = new JsonFactory().createParser(json)) {
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
          if (!token.isScalarValue()) {
            continue;
          }
          String path = parser.getParsingContext().pathAsPointer().toString();
          if (path.equals("/error")) {
            throw new IOException("iperf3: " + parser.getText());
          } else if (path.equals(RECEIVED + "bytes")) {
            bytes = parser.getDoubleValue();
          } else if (path.equals(RECEIVED + "seconds")) {
            seconds = parser.getDoubleValue();
          }
        }
      }
      if (bytes <= 0 || seconds <= 0) {
        throw new IOException(
            "iperf3: %.0f bytes in %.3f s (expected: more than 0 in %s)"
                .formatted(bytes, seconds, RECEIVED));
      }
      return new IperfResult(bytes, seconds);
    }
  }
}

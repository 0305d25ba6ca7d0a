package io.lbtk.benchmarks.sidebyside;

import io.lbtk.benchmarks.sidebyside.Measure.Quantity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Measures what the test says, and remembers whom it was asked of. */
final class ScriptedMeasure implements Measure {

  private final String name;
  private final Map<String, Map<Quantity, Double>> values = new HashMap<>();
  final List<String> taken;

  ScriptedMeasure(String name) {
    this(name, new ArrayList<>());
  }

  /**
   * With a list that several share.
   *
   * @param taken gets the measure and the peer, of each time
   */
  ScriptedMeasure(String name, List<String> taken) {
    this.name = name;
    this.taken = taken;
  }

  ScriptedMeasure will(String peer, double throughput, double cpu) {
    values.put(peer, Map.of(Quantity.THROUGHPUT, throughput, Quantity.CPU_PER_GIB, cpu));
    return this;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String title() {
    return "Bytes <&> " + name;
  }

  @Override
  public String about() {
    return "As scripted.";
  }

  @Override
  public List<Quantity> quantities() {
    return List.of(Quantity.THROUGHPUT, Quantity.CPU_PER_GIB);
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
  public Map<Quantity, Double> take(Peer peer) throws IOException {
    taken.add(name + " " + peer.name());
    Map<Quantity, Double> value = values.get(peer.name());
    if (value == null) {
      throw new IOException("it broke:\nin two lines");
    }
    return value;
  }
}

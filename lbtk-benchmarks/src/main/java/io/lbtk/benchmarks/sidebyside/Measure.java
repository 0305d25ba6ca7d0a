package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Something that is done to each peer in turn, and measured. */
interface Measure {

  /** As {@code --only} takes it. */
  String name();

  String title();

  /** What is done, in a sentence or two for the reader of the table. */
  String about();

  /** What comes of it; the first is what it is about. */
  List<Quantity> quantities();

  boolean suits(Peer peer);

  /** How often it is done to each peer before the first round that counts. */
  int warmUps();

  /** Does it once. */
  Map<Quantity, Double> take(Peer peer) throws IOException, InterruptedException;
}

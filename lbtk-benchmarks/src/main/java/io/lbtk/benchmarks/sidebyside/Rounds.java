package io.lbtk.benchmarks.sidebyside;

import io.lbtk.benchmarks.sidebyside.Measure.Quantity;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Measures all peers by all measures, interleaved: within a round each measure is taken of every
 * peer before the next measure, and every other round goes through the peers in reverse.
 */
final class Rounds {

  private final List<Measure> measures;
  private final List<Peer> peers;
  private final int count;
  private final Samples samples = new Samples();
  private final List<String> failures = new ArrayList<>();

  Rounds(List<Measure> measures, List<Peer> peers, int count) {
    this.measures = measures;
    this.peers = peers;
    this.count = count;
  }

  int count() {
    return count;
  }

  /** Returns the samples so far. */
  Samples samples() {
    return samples;
  }

  /** Returns descriptions of the failed measurements. */
  List<String> failures() {
    return failures;
  }

  /** Warms up, without counting it, then takes the rounds. */
  void run() throws InterruptedException {
    long start = System.nanoTime();
    for (Measure measure : measures) {
      for (int i = 0; i < measure.warmUps(); i++) {
        takeOfAll(measure, 0);
      }
    }
    for (int round = 1; round <= count; round++) {
      for (Measure measure : measures) {
        takeOfAll(measure, round);
      }
      System.err.printf(
          "side-by-side: round %d of %d is done after %d s%n",
          round, count, Duration.ofNanos(System.nanoTime() - start).toSeconds());
    }
  }

  private void takeOfAll(Measure measure, int round) throws InterruptedException {
    for (Peer peer : inOrder(peers, round)) {
      if (peer.suits(measure)) {
        take(measure, peer, round);
      }
    }
  }

  /** Returns the elements in order for an odd round and reversed for an even one. */
  static <T> List<T> inOrder(List<T> all, int round) {
    List<T> ordered = new ArrayList<>(all);
    if (round % 2 == 0) {
      Collections.reverse(ordered);
    }
    return ordered;
  }

  private void take(Measure measure, Peer peer, int round) throws InterruptedException {
    try {
      Map<Quantity, Double> sample = measure.take(peer);
      if (round > 0) {
        samples.add(measure.name(), peer.name(), round, sample);
      }
      Quantity first = measure.quantities().get(0);
      System.err.printf(
          "side-by-side: %s %s %s: %s %s%n",
          round == 0 ? "warm-up" : "round " + round,
          measure.name(),
          peer.name(),
          first.text(sample.getOrDefault(first, Double.NaN)),
          first.unit());
    } catch (IOException e) {
      String failure =
          "round %d, %s of %s: %s".formatted(round, measure.name(), peer.name(), e.getMessage());
      failures.add(failure);
      System.err.println("side-by-side: " + failure);
    }
  }
}

package io.lbtk.benchmarks.sidebyside;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a peer is compared to. */
final class References {

  private final List<Peer> peers;
  private final Samples samples;

  References(List<Peer> peers, Samples samples) {
    this.peers = peers;
    this.samples = samples;
  }

  /** The peer of a family that has as many threads as another peer; one thread if that has none. */
  Optional<Peer> sameThreads(String peer, Family family) {
    if (family == Family.DIRECT) {
      return peers.stream().filter(other -> other.family() == family).findFirst();
    }
    return peers.stream()
        .filter(other -> other.name().equals(peer))
        .findFirst()
        .flatMap(known -> withThreads(Math.max(1, known.threads()), family));
  }

  private Optional<Peer> withThreads(int threads, Family family) {
    return peers.stream()
        .filter(other -> other.family() == family && other.threads() == threads)
        .findFirst();
  }

  /** The HAProxy whose median is the best. */
  Optional<Peer> bestHaproxy(String measure, Quantity quantity) {
    Comparator<Peer> byMedian =
        Comparator.comparingDouble(
            peer -> samples.range(measure, peer.name(), quantity).map(Range::median).orElseThrow());
    return peers.stream()
        .filter(peer -> peer.family().isHaproxy())
        .filter(peer -> samples.range(measure, peer.name(), quantity).isPresent())
        .max(quantity.moreIsBetter() ? byMedian : byMedian.reversed());
  }
}

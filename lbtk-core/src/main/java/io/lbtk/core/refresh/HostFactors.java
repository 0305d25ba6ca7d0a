package io.lbtk.core.refresh;

import io.lbtk.api.Target;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * By how much the weights of the targets on each host are multiplied: 1 on a host in the middle of
 * all that are known, and on one that is not known. Immutable.
 */
final class HostFactors {

  /** Every host has the factor 1. */
  static final HostFactors NONE = new HostFactors(Map.of());

  /** Fewer hosts say nothing of how they compare. */
  static final int FEWEST_HOSTS = 2;

  /** The attribute in which a list of addresses tells how the host is called. */
  private static final String NAME = "name";

  /** However the loads differ: a host keeps some of its share, and gets no flood. */
  private static final double LEAST = 0.01;

  static final double MOST = 10;

  private final Map<String, Double> factors;

  private HostFactors(Map<String, Double> factors) {
    this.factors = factors;
  }

  /** The weights of one host, which several targets may tell. */
  private static final class Told {
    private long sum;
    private int count;

    void add(int weight) {
      sum += weight;
      count++;
    }

    double mean() {
      return (double) sum / count;
    }
  }

  /**
   * The factors that come after these.
   *
   * @param weighed targets whose weights count, by host; the mean of those on one host
   * @param hysteresis how many percent a factor has to differ, or it stays as it is
   * @return {@link #NONE} if there are too few hosts, or none has a weight above 0
   */
  HostFactors next(List<Target> weighed, int hysteresis) {
    Map<String, Told> hosts = new HashMap<>();
    for (Target target : weighed) {
      hosts.computeIfAbsent(target.host(), host -> new Told()).add(target.weight());
    }
    double median = median(hosts.values());
    if (hosts.size() < FEWEST_HOSTS || median == 0) {
      return NONE;
    }
    Map<String, Double> next = new HashMap<>();
    hosts.forEach((host, told) -> next.put(host, next(host, told.mean() / median, hysteresis)));
    for (Target target : weighed) {
      String name = target.attributes().get(NAME);
      if (name != null) {
        next.putIfAbsent(name, next.getOrDefault(target.host(), 1.0));
      }
    }
    return new HostFactors(next);
  }

  private double next(String host, double wanted, int hysteresis) {
    double now = of(host);
    double bounded = wanted == 0 ? 0 : Math.max(LEAST, Math.min(MOST, wanted));
    boolean isFar = Math.abs(bounded - now) * 100 >= now * hysteresis;
    return isFar || bounded == 0 ? bounded : now;
  }

  /** A weight of 0 is no load, but somebody's will. */
  private static double median(Collection<Told> hosts) {
    double[] means = hosts.stream().mapToDouble(Told::mean).filter(mean -> mean > 0).toArray();
    Arrays.sort(means);
    return means.length == 0 ? 0 : (means[(means.length - 1) / 2] + means[means.length / 2]) / 2;
  }

  /** The factor of a host, by its address or name as it is written. */
  double of(String host) {
    return factors.getOrDefault(host, 1.0);
  }
}

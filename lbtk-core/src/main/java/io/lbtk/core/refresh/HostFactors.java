package io.lbtk.core.refresh;

import io.lbtk.api.Target;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The factors for the weights of the targets on each host: 1 for a host at the median, and for an
 * unknown host. Immutable.
 */
final class HostFactors {

  /** Every host has the factor 1. */
  static final HostFactors NONE = new HostFactors(Map.of());

  /** The smallest number of hosts that can be compared. */
  static final int FEWEST_HOSTS = 2;

  /** The attribute of a target that holds the name of its host. */
  private static final String NAME = "name";

  /** The bounds of a factor, so that a host keeps some of its share and is not flooded. */
  private static final double LEAST = 0.01;

  static final double MOST = 10;

  private final Map<String, Double> factors;

  private HostFactors(Map<String, Double> factors) {
    this.factors = factors;
  }

  /** The weights of one host, from one or more targets. */
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
   * Returns the factors that follow these.
   *
   * @param weighed the targets with the weights; the mean of those on one host counts
   * @param hysteresis the percentage by which a factor has to differ to be changed
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

  /** Returns the median of the means above 0: a weight of 0 is not a load but set on purpose. */
  private static double median(Collection<Told> hosts) {
    double[] means = hosts.stream().mapToDouble(Told::mean).filter(mean -> mean > 0).toArray();
    Arrays.sort(means);
    return means.length == 0 ? 0 : (means[(means.length - 1) / 2] + means[means.length / 2]) / 2;
  }

  /** Returns the factor of a host, by its address or name as written. */
  double of(String host) {
    return factors.getOrDefault(host, 1.0);
  }
}

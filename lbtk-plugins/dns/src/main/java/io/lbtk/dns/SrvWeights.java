package io.lbtk.dns;

import io.lbtk.api.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.xbill.DNS.SRVRecord;

/**
 * The weights of SRV records. Among others that have some, weight 0 is a very small chance (RFC
 * 2782), and where all have none they are equal; while a target of weight 0 gets nothing at all. So
 * where there are both in one priority, the others are multiplied, by up to a hundred, and 0 is 1.
 */
final class SrvWeights {

  private static final int FACTOR = 100;

  private final Map<Integer, Integer> factors = new HashMap<>();

  SrvWeights(List<SRVRecord> records) {
    Map<Integer, Integer> heaviest = new HashMap<>();
    Map<Integer, Integer> lightest = new HashMap<>();
    for (SRVRecord record : records) {
      heaviest.merge(record.getPriority(), record.getWeight(), Math::max);
      lightest.merge(record.getPriority(), record.getWeight(), Math::min);
    }
    heaviest.forEach(
        (priority, weight) ->
            factors.put(
                priority,
                weight > 0 && lightest.getOrDefault(priority, 0) == 0
                    ? Math.max(1, Math.min(FACTOR, Target.MAX_WEIGHT / weight))
                    : 1));
  }

  /** The weight of the target of this record. */
  int of(SRVRecord record) {
    return Math.max(1, record.getWeight() * factors.getOrDefault(record.getPriority(), 1));
  }
}

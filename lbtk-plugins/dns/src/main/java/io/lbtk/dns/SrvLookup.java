package io.lbtk.dns;

import io.lbtk.api.Target;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Looks up SRV records (RFC 2782) and the addresses of the hosts that they name. Addresses in the
 * additional section of the answer are used; a family that is missing there is queried. A record
 * without a port, or whose host has no usable address, is skipped.
 */
final class SrvLookup implements Lookup {

  private static final Logger log = LoggerFactory.getLogger(SrvLookup.class);

  private record Service(SRVRecord record, Addresses.Pending host) {}

  @Override
  public Found find(Name name, Queries queries) throws LookupException, InterruptedException {
    Answer answer = queries.ask(name, Type.SRV).answer();
    List<Skipped> skipped = new ArrayList<>();
    List<SRVRecord> records = new ArrayList<>();
    for (Record one : answer.records()) {
      SRVRecord record = (SRVRecord) one;
      // A single record with the root as target: the name has no such service (RFC 2782).
      if (record.getTarget().equals(Name.root)) {
        log.debug("{} ignored", record);
      } else if (record.getPort() == 0) {
        skipped.add(new Skipped(place(record), "", "port 0 (expected: 1 to 65535)"));
      } else {
        records.add(record);
      }
    }
    Map<Name, Addresses.Pending> hosts = new HashMap<>();
    List<Record> additional = answer.message().getSection(Section.ADDITIONAL);
    List<Service> services = new ArrayList<>();
    for (SRVRecord record : records) {
      Name host = record.getTarget();
      Addresses.Pending pending =
          hosts.computeIfAbsent(host, unknown -> Addresses.ask(unknown, additional, queries));
      services.add(new Service(record, pending));
    }
    SrvWeights weights = new SrvWeights(records);
    List<Target> targets = new ArrayList<>();
    long ttl = answer.ttlSeconds();
    for (Service service : services) {
      SRVRecord record = service.record();
      Addresses addresses = service.host().await();
      ttl = Math.min(ttl, addresses.ttlSeconds());
      if (addresses.all().isEmpty()) {
        skipped.add(
            new Skipped(place(record), "", "its host has no address (expected: A or AAAA)"));
      }
      for (InetAddress address : addresses.all()) {
        try {
          targets.add(target(record, address, weights.of(record)));
        } catch (IllegalArgumentException e) {
          skipped.add(
              new Skipped(place(record), address.getHostAddress(), String.valueOf(e.getMessage())));
        }
      }
    }
    return new Found(targets, skipped, ttl);
  }

  private static Target target(SRVRecord record, InetAddress address, int weight) {
    return new Target(
        address.getHostAddress(), record.getPort(), weight, record.getPriority(), Map.of());
  }

  private static String place(SRVRecord record) {
    return "SRV " + record.rdataToString();
  }

  /**
   * Converts the weights of SRV records into those of targets. In RFC 2782 weight 0 means a very
   * small chance beside other weights, and equal shares where all are 0; a target of weight 0 would
   * get no connection at all. If a priority has both, the other weights are multiplied by up to
   * 100, and 0 becomes 1.
   */
  private static final class SrvWeights {

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

    /** Returns the weight of the target of a record. */
    int of(SRVRecord record) {
      return Math.max(1, record.getWeight() * factors.getOrDefault(record.getPriority(), 1));
    }
  }
}

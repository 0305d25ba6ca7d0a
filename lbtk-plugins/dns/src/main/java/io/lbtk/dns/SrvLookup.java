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
 * SRV records (RFC 2782) and the addresses of the hosts that they name: those that come along with
 * the answer, and those of each family of which none did, which are asked for. A record without a
 * port, or whose host has no address that can be connected to, is skipped.
 */
final class SrvLookup implements Lookup {

  private static final Logger log = LoggerFactory.getLogger(SrvLookup.class);

  private record Service(SRVRecord record, Addresses.Asked host) {}

  @Override
  public Found find(Name name, Questions questions) throws LookupException, InterruptedException {
    Answer answer = questions.ask(name, Type.SRV).answer();
    List<Skipped> skipped = new ArrayList<>();
    List<SRVRecord> records = new ArrayList<>();
    for (Record one : answer.records()) {
      SRVRecord record = (SRVRecord) one;
      // One alone that names the root is how a name says that it has no such service.
      if (record.getTarget().equals(Name.root)) {
        log.debug("{} is passed over", record);
      } else if (record.getPort() == 0) {
        skipped.add(new Skipped(place(record), "", "port 0 (expected: 1 to 65535)"));
      } else {
        records.add(record);
      }
    }
    Map<Name, Addresses.Asked> hosts = new HashMap<>();
    List<Record> along = answer.message().getSection(Section.ADDITIONAL);
    List<Service> services = new ArrayList<>();
    for (SRVRecord record : records) {
      Name host = record.getTarget();
      Addresses.Asked asked =
          hosts.computeIfAbsent(host, unknown -> Addresses.ask(unknown, along, questions));
      services.add(new Service(record, asked));
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
}

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
 * the answer, and those of each family of which none did, which are asked for. A host without an
 * address is passed over, and so is a record without a port or a host.
 */
final class SrvLookup implements Lookup {

  private static final Logger log = LoggerFactory.getLogger(SrvLookup.class);

  private record Service(SRVRecord record, Addresses.Asked host) {}

  @Override
  public Found find(Name name, Questions questions) throws LookupException, InterruptedException {
    Answer answer = questions.ask(name, Type.SRV).answer();
    List<SRVRecord> records =
        answer.records().stream()
            .map(SRVRecord.class::cast)
            .filter(SrvLookup::leadsSomewhere)
            .toList();
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
        log.debug("{}: {} has no address", name, record.getTarget());
      }
      for (InetAddress address : addresses.all()) {
        targets.add(
            new Target(
                address.getHostAddress(),
                record.getPort(),
                weights.of(record),
                record.getPriority(),
                Map.of()));
      }
    }
    return new Found(targets, ttl);
  }

  /** One alone that does not is how a name says that it has no such service. */
  private static boolean leadsSomewhere(SRVRecord record) {
    boolean leads = record.getPort() != 0 && !record.getTarget().equals(Name.root);
    if (!leads) {
      log.debug("{} is passed over", record);
    }
    return leads;
  }
}

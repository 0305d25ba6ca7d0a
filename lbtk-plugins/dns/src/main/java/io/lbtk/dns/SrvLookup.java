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
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * SRV records (RFC 2782) and the addresses of the hosts that they name: those that come along with
 * the answer, else those that are asked for. A host without an address is passed over.
 */
final class SrvLookup implements Lookup {

  private static final Logger log = LoggerFactory.getLogger(SrvLookup.class);

  @Override
  public Found find(Name name, Questions questions) throws LookupException, InterruptedException {
    Answer answer = questions.ask(name, Type.SRV).answer();
    List<SRVRecord> records = answer.records().stream().map(SRVRecord.class::cast).toList();
    if (records.size() == 1 && records.get(0).getTarget().equals(Name.root)) {
      return new Found(List.of(), answer.ttlSeconds());
    }
    Map<Name, Addresses.Asked> hosts = new HashMap<>();
    for (SRVRecord record : records) {
      hosts.computeIfAbsent(record.getTarget(), host -> addresses(host, answer, questions));
    }
    SrvWeights weights = new SrvWeights(records);
    List<Target> targets = new ArrayList<>();
    long ttl = answer.ttlSeconds();
    for (SRVRecord record : records) {
      Addresses.Asked host = hosts.get(record.getTarget());
      if (host == null || record.getPort() == 0) {
        continue;
      }
      Addresses addresses = host.await();
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

  private static Addresses.Asked addresses(Name host, Answer answer, Questions questions) {
    Addresses along = Addresses.among(answer.message().getSection(Section.ADDITIONAL), host);
    return along == null ? Addresses.ask(host, questions) : () -> along;
  }
}

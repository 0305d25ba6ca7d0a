package io.lbtk.dns;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * The addresses of a name, of both families.
 *
 * @param ttlSeconds the time for which they are valid
 */
record Addresses(List<InetAddress> all, long ttlSeconds) {

  /** Addresses that have been requested. */
  interface Pending {

    /** Waits for the addresses; see {@link Queries.Query#answer}. */
    Addresses await() throws LookupException, InterruptedException;
  }

  /** Requests the addresses of a name without waiting. */
  static Pending ask(Name name, Queries queries) {
    return ask(name, List.of(), queries);
  }

  /**
   * Requests the addresses of a name without waiting, except those of a family that came in the
   * additional section of another answer. Such a family is complete, but nothing is known of the
   * other one: a server omits whole record sets that do not fit, without notice (RFC 2181, section
   * 9).
   */
  static Pending ask(Name name, List<Record> additional, Queries queries) {
    Pending four = family(name, Type.A, additional, queries);
    Pending six = family(name, Type.AAAA, additional, queries);
    return () -> of(four.await(), six.await());
  }

  private static Pending family(Name name, int type, List<Record> additional, Queries queries) {
    List<Record> known =
        additional.stream()
            .filter(record -> record.getType() == type && record.getName().equals(name))
            .toList();
    if (known.isEmpty()) {
      Queries.Query query = queries.ask(name, type);
      return () -> {
        Answer answer = query.answer();
        return of(answer.records(), answer.ttlSeconds());
      };
    }
    Addresses addresses = of(known, known.stream().mapToLong(Record::getTTL).min().orElse(0));
    return () -> addresses;
  }

  private static Addresses of(List<Record> records, long ttlSeconds) {
    return new Addresses(records.stream().map(Addresses::address).toList(), ttlSeconds);
  }

  private static Addresses of(Addresses four, Addresses six) {
    List<InetAddress> all = new ArrayList<>(four.all());
    all.addAll(six.all());
    // The negative time to live of an empty family does not limit the other family.
    long ttl =
        Math.min(
            four.all().isEmpty() && !all.isEmpty() ? Long.MAX_VALUE : four.ttlSeconds(),
            six.all().isEmpty() && !all.isEmpty() ? Long.MAX_VALUE : six.ttlSeconds());
    return new Addresses(List.copyOf(all), ttl);
  }

  private static InetAddress address(Record record) {
    return record instanceof ARecord four ? four.getAddress() : ((AAAARecord) record).getAddress();
  }
}

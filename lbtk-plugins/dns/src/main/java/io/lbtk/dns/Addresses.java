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
 * @param ttlSeconds for how long that holds
 */
record Addresses(List<InetAddress> all, long ttlSeconds) {

  /** They were asked for. */
  interface Asked {

    /** Waits for them; see {@link Questions.Question#answer}. */
    Addresses await() throws LookupException, InterruptedException;
  }

  /** Asks for them, and does not wait. */
  static Asked ask(Name name, Questions questions) {
    return ask(name, List.of(), questions);
  }

  /**
   * Asks for them, and does not wait; but not for a family of which some have come along with the
   * answer of another question. Those are all of that family, while nothing is said of the other: a
   * server leaves out what does not fit beside an answer, by whole sets of records of one name and
   * type, and need not tell (RFC 2181, section 9).
   */
  static Asked ask(Name name, List<Record> along, Questions questions) {
    Asked four = family(name, Type.A, along, questions);
    Asked six = family(name, Type.AAAA, along, questions);
    return () -> of(four.await(), six.await());
  }

  private static Asked family(Name name, int type, List<Record> along, Questions questions) {
    List<Record> known =
        along.stream()
            .filter(record -> record.getType() == type && record.getName().equals(name))
            .toList();
    if (known.isEmpty()) {
      Questions.Question question = questions.ask(name, type);
      return () -> {
        Answer answer = question.answer();
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
    // That a name has none of one family says nothing of those that it has of the other.
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

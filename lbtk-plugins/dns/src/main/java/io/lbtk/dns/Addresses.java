package io.lbtk.dns;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
    Questions.Question four = questions.ask(name, Type.A);
    Questions.Question six = questions.ask(name, Type.AAAA);
    return () -> of(four.answer(), six.answer());
  }

  private static Addresses of(Answer four, Answer six) {
    List<InetAddress> all = new ArrayList<>();
    four.records().forEach(record -> all.add(address(record)));
    six.records().forEach(record -> all.add(address(record)));
    // That a name has none of one family says nothing of those that it has of the other.
    long ttl =
        Math.min(
            four.records().isEmpty() && !all.isEmpty() ? Long.MAX_VALUE : four.ttlSeconds(),
            six.records().isEmpty() && !all.isEmpty() ? Long.MAX_VALUE : six.ttlSeconds());
    return new Addresses(List.copyOf(all), ttl);
  }

  /**
   * Those that an answer of another question has brought along for the name; null if it has none.
   */
  static @Nullable Addresses among(List<Record> additional, Name name) {
    List<InetAddress> all = new ArrayList<>();
    long ttl = Long.MAX_VALUE;
    for (Record record : additional) {
      if (record.getName().equals(name)
          && (record instanceof ARecord || record instanceof AAAARecord)) {
        all.add(address(record));
        ttl = Math.min(ttl, record.getTTL());
      }
    }
    return all.isEmpty() ? null : new Addresses(List.copyOf(all), ttl);
  }

  private static InetAddress address(Record record) {
    return record instanceof ARecord four ? four.getAddress() : ((AAAARecord) record).getAddress();
  }
}

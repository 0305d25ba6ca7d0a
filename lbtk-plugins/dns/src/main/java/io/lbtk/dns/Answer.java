package io.lbtk.dns;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * The part of an answer that concerns the queried name, with its aliases resolved; records of other
 * names are ignored.
 *
 * @param records the records of the queried type; may be empty
 * @param ttlSeconds the time for which they are valid (RFC 2308 if there are none)
 * @param message the whole answer
 */
record Answer(List<Record> records, long ttlSeconds, Message message) {

  /** Negative time to live if the answer has no SOA record. */
  private static final long NEGATIVE_TTL_SECONDS = 30;

  /**
   * Evaluates an answer.
   *
   * @throws LookupException if it is an error, truncated, or about other names
   */
  static Answer of(Message message, Name asked, int type) throws LookupException {
    int code = message.getRcode();
    if (code != Rcode.NOERROR && code != Rcode.NXDOMAIN) {
      throw new LookupException(
          "%s %s: the answer is %s (expected: NOERROR or NXDOMAIN)"
              .formatted(asked, Type.string(type), Rcode.string(code)));
    }
    if (message.getHeader().getFlag(Flags.TC)) {
      throw new LookupException(
          "%s %s: the answer is cut off, over TCP too (expected: no more than 65,535 bytes)"
              .formatted(asked, Type.string(type)));
    }
    long ttl = Long.MAX_VALUE;
    Name name = asked;
    Set<Name> seen = new HashSet<>();
    List<Record> found = new ArrayList<>();
    while (found.isEmpty() && seen.add(name)) {
      Name alias = null;
      for (Record record : message.getSection(Section.ANSWER)) {
        if (!record.getName().equals(name)) {
          continue;
        }
        if (record.getType() == type) {
          found.add(record);
          ttl = Math.min(ttl, record.getTTL());
        } else if (record instanceof CNAMERecord cname) {
          alias = cname.getTarget();
          ttl = Math.min(ttl, record.getTTL());
        }
      }
      name = alias == null ? name : alias;
    }
    List<Record> answers = message.getSection(Section.ANSWER);
    if (!answers.isEmpty() && answers.stream().noneMatch(one -> seen.contains(one.getName()))) {
      throw new LookupException(
          "%s %s: the answer is about %s (expected: the name that was asked for)"
              .formatted(asked, Type.string(type), answers.get(0).getName()));
    }
    if (found.isEmpty()) {
      ttl = Math.min(ttl, negativeTtl(message));
    }
    return new Answer(List.copyOf(found), ttl, message);
  }

  /** Returns the negative time to live as in RFC 2308, section 5. */
  private static long negativeTtl(Message message) {
    return message.getSection(Section.AUTHORITY).stream()
        .filter(SOARecord.class::isInstance)
        .map(SOARecord.class::cast)
        .mapToLong(soa -> Math.min(soa.getTTL(), soa.getMinimum()))
        .findFirst()
        .orElse(NEGATIVE_TTL_SECONDS);
  }
}

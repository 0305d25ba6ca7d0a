package io.lbtk.dns;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.BadEntries;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;

/** Asks for the targets of a name, as often as its records say. */
final class DnsSource implements PolledRefresher.Source {

  private static final Logger log = LoggerFactory.getLogger(DnsSource.class);

  private static final Duration SOONEST = Duration.ofSeconds(1);

  /** After a failure, and while the name lists nothing, which wants to be confirmed. */
  private static final Duration IN_DOUBT = Duration.ofSeconds(5);

  /** All who ask would else do so at the same moment, when a record has ended its time to live. */
  private static final double JITTER = 0.1;

  /** Servers tell the same records in another order each time. */
  private static final Comparator<Target> ORDER =
      Comparator.comparingInt(Target::priority).thenComparing(Target::hostPort);

  private final Name name;
  private final Lookup lookup;
  private final NameServers servers;
  private final Duration timeout;
  private final BadEntries bad;
  private Duration next = IN_DOUBT;
  private boolean listsNothing;

  /**
   * A source.
   *
   * @param part the name of the refresher, for the log
   */
  DnsSource(String part, Name name, Lookup lookup, NameServers servers, Duration timeout) {
    this.bad = new BadEntries(part + ": " + name);
    this.name = name;
    this.lookup = lookup;
    this.servers = servers;
    this.timeout = timeout;
  }

  @Override
  public Refresh read() {
    next = IN_DOUBT;
    try (Questions questions = new Questions(servers, timeout)) {
      Lookup.Found found = lookup.find(name, questions);
      boolean empty = found.targets().isEmpty() && found.skipped().isEmpty();
      if (empty && !listsNothing) {
        log.warn("{}: it does not exist, or has no such record", name);
      }
      listsNothing = empty;
      if (!found.targets().isEmpty()) {
        double jitter = 1 - JITTER * ThreadLocalRandom.current().nextDouble();
        next = Duration.ofMillis((long) (Math.min(found.ttlSeconds(), 1 << 20) * 1000 * jitter));
      }
      bad.begin();
      found.skipped().forEach(one -> bad.addNamed(one.place(), one.entry(), one.problem()));
      bad.end();
      return bad.result(name.toString(), found.targets().stream().sorted(ORDER).toList());
    } catch (LookupException e) {
      return Refresh.failure(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Refresh.failure(name + ": interrupted", e);
    }
  }

  @Override
  public Duration next(Duration interval) {
    Duration wanted = next.compareTo(SOONEST) < 0 ? SOONEST : next;
    return wanted.compareTo(interval) < 0 ? wanted : interval;
  }

  /** An answer that is under way comes to nothing. */
  @Override
  public void close() {}
}

package io.lbtk.dns;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.BadEntries;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;

/**
 * Discovers targets by DNS: from SRV records, or from the addresses of a name and a fixed port.
 *
 * <pre>{@code
 * Refresher refresher = DnsRefresher.srv("_http._tcp.web.example.org").build();
 * }</pre>
 *
 * <p>The name is queried again when the shortest time to live of the records in use has expired, at
 * most once per second, and after the interval at the latest. A name that does not exist or has no
 * such record yields an empty set, as does a single SRV record whose target is the root (RFC 2782).
 * A truncated answer, an error response and a timeout are failures.
 */
public final class DnsRefresher {

  private static final Logger log = LoggerFactory.getLogger(DnsRefresher.class);

  private DnsRefresher() {}

  /**
   * Returns a builder for the SRV records of a name.
   *
   * @throws IllegalArgumentException if {@code name} is not a domain name
   */
  public static Builder srv(String name) {
    return new Builder(name(name), new SrvLookup());
  }

  /**
   * Returns a builder for the addresses of a name, each combined with the given port.
   *
   * @throws IllegalArgumentException if {@code name} is not a domain name or {@code port} is out of
   *     range
   */
  public static Builder addresses(String name, int port) {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port %d (expected: 1 to 65535)".formatted(port));
    }
    return new Builder(name(name), Lookup.ofAddresses(port));
  }

  /** Parses a name as fully qualified; no search list is used. */
  static Name name(String text) {
    try {
      return Name.fromString(text, Name.root);
    } catch (TextParseException e) {
      throw new IllegalArgumentException(
          "name \"%s\" (expected: a domain name such as _http._tcp.example.org)".formatted(text),
          e);
    }
  }

  /** Builds a refresher for one name. */
  public static final class Builder extends PolledRefresher.Builder<Builder> {

    private final Name target;
    private final Lookup lookup;
    private List<InetSocketAddress> servers = List.of();
    private Duration timeout = DnsRefresherProvider.TIMEOUT.defaultValue().orElseThrow();

    private Builder(Name target, Lookup lookup) {
      super("dns");
      this.target = target;
      this.lookup = lookup;
      interval(DnsRefresherProvider.INTERVAL.defaultValue().orElseThrow());
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Sets the name servers to query instead of those of the system. If one does not answer, the
     * next one is queried.
     */
    public Builder servers(List<InetSocketAddress> servers) {
      this.servers = List.copyOf(servers);
      return this;
    }

    /**
     * Sets the time for all queries of one lookup, to all servers together; 5 seconds by default.
     *
     * @throws IllegalArgumentException if {@code timeout} is not positive
     */
    public Builder timeout(Duration timeout) {
      this.timeout = positive("timeout", timeout);
      return this;
    }

    @Override
    protected PolledRefresher.Source source() {
      return new DnsSource(name(), target, lookup, NameServers.of(servers, timeout), timeout);
    }
  }

  /** Looks up the targets of a name as often as the time to live of its records requires. */
  private static final class DnsSource implements PolledRefresher.Source {

    private static final Duration SOONEST = Duration.ofSeconds(1);

    /** Delay after a failure, and while the set is empty, which has to be confirmed. */
    private static final Duration IN_DOUBT = Duration.ofSeconds(5);

    /** Prevents all clients of a record from querying at the moment at which it expires. */
    private static final double JITTER = 0.1;

    /** A fixed order: servers rotate the records of their answers. */
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
     * Creates a source.
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
      try (Queries queries = new Queries(servers, timeout)) {
        Lookup.Found found = lookup.find(name, queries);
        boolean empty = found.targets().isEmpty() && found.skipped().isEmpty();
        if (empty && !listsNothing) {
          log.warn("{}: the name does not exist or has no such record", name);
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

    /** Does nothing; a pending answer is discarded. */
    @Override
    public void close() {}
  }
}

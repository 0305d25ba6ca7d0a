package io.lbtk.dns;

import io.lbtk.core.refresh.PolledRefresher;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;

/**
 * Targets that name servers know: by SRV records, or by the addresses of a name and a port.
 *
 * <pre>{@code
 * Refresher refresher = DnsRefresher.srv("_http._tcp.web.example.org").build();
 * }</pre>
 *
 * <p>It asks again when the first of the records that it used has lived for its time to live, but
 * not within a second, and after the interval at the latest. A name that does not exist, or has no
 * such record, lists no target, and so does a single SRV record whose target is the root (RFC
 * 2782). An answer that is cut off, an error, and no answer in time are failures.
 */
public final class DnsRefresher {

  private DnsRefresher() {}

  /**
   * A builder for the SRV records of a name.
   *
   * @throws IllegalArgumentException if it is no name
   */
  public static Builder srv(String name) {
    return new Builder(name(name), new SrvLookup());
  }

  /**
   * A builder for the addresses of a name, each with this port.
   *
   * @throws IllegalArgumentException if it is no name, or no port
   */
  public static Builder addresses(String name, int port) {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port %d (expected: 1 to 65535)".formatted(port));
    }
    return new Builder(name(name), new AddressLookup(port));
  }

  /** The name, which is taken as a whole one: no search list is used. */
  static Name name(String text) {
    try {
      return Name.fromString(text, Name.root);
    } catch (TextParseException e) {
      throw new IllegalArgumentException(
          "name \"%s\" (expected: a domain name such as _http._tcp.example.org)".formatted(text),
          e);
    }
  }

  /** Makes a refresher of a name. */
  public static final class Builder extends PolledRefresher.Builder<Builder> {

    private final Name asked;
    private final Lookup lookup;
    private List<InetSocketAddress> servers = List.of();
    private Duration timeout = DnsRefresherProvider.TIMEOUT.defaultValue().orElseThrow();

    private Builder(Name asked, Lookup lookup) {
      super("dns");
      this.asked = asked;
      this.lookup = lookup;
      interval(DnsRefresherProvider.INTERVAL.defaultValue().orElseThrow());
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Asks these name servers, rather than those of the system. The next is asked when one does not
     * answer.
     */
    public Builder servers(List<InetSocketAddress> servers) {
      this.servers = List.copyOf(servers);
      return this;
    }

    /**
     * How long all questions of one look may take, to all servers; 5 seconds by default.
     *
     * @throws IllegalArgumentException if it is not more than 0
     */
    public Builder timeout(Duration timeout) {
      this.timeout = positive("timeout", timeout);
      return this;
    }

    @Override
    protected PolledRefresher.Source source() {
      return new DnsSource(name(), asked, lookup, NameServers.of(servers, timeout), timeout);
    }
  }
}

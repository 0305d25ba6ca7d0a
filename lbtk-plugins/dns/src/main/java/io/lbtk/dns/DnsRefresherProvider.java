package io.lbtk.dns;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.api.Target;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** Provider of {@code type = dns}; creates a {@link DnsRefresher}. */
@AutoService(RefresherProvider.class)
public final class DnsRefresherProvider implements RefresherProvider {

  private static final int DNS_PORT = 53;

  /** Type of the records that are queried. */
  enum RecordType {
    /** SRV (RFC 2782): host, port, weight and priority. */
    SRV,
    /** A and AAAA: addresses, to which a port is added. */
    A
  }

  static final Option<String> NAME =
      Option.string("name")
          .check(DnsRefresherProvider::isName, "a domain name such as _http._tcp.example.org")
          .required()
          .position(0)
          .doc("Domain name to query; fully qualified, no search list is used.");

  static final Option<RecordType> RECORD =
      Option.choice("record", RecordType.class)
          .orElse(RecordType.SRV)
          .doc("Type of record: srv (host, port, weight, priority) or a (addresses, A and AAAA).");

  static final Option<Integer> PORT =
      Option.integer("port", 1, 65535).doc("Port of every address; only for record = a.");

  static final Option<List<InetSocketAddress>> SERVERS =
      Option.of(
              "servers",
              "address",
              DnsRefresherProvider::serverAddress,
              server -> Target.of(server.getHostString(), server.getPort()).hostPort())
          .list()
          .doc("Name servers, host:port or an address alone; those of the system by default.");

  static final Option<Duration> TIMEOUT =
      Option.duration("timeout")
          .orElse(Duration.ofSeconds(5))
          .check(timeout -> !timeout.isZero(), "more than 0")
          .doc("Time for all queries of one lookup.");

  static final Option<Duration> INTERVAL =
      Option.duration("interval")
          .orElse(Duration.ofMinutes(5))
          .check(interval -> !interval.isZero(), "more than 0")
          .doc("Longest time between two lookups; a shorter time to live wins, down to 1s.");

  /** Creates the provider; called by the service loader. */
  public DnsRefresherProvider() {}

  private static boolean isName(String text) {
    try {
      DnsRefresher.name(text);
      return !text.isBlank();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static InetSocketAddress serverAddress(String text) {
    boolean hasPort = text.lastIndexOf(':') > text.lastIndexOf(']') && text.indexOf(':') >= 0;
    try {
      Target target = Target.parse(hasPort ? text : text + ":" + DNS_PORT);
      return new InetSocketAddress(target.host(), target.port());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("expected: the address of a name server, or host:port", e);
    }
  }

  @Override
  public String name() {
    return "dns";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(NAME, RECORD, PORT, SERVERS, TIMEOUT, INTERVAL);
  }

  @Override
  public String doc() {
    return "Targets from DNS: from SRV records, or from addresses and a port.";
  }

  @Override
  public Refresher create(Settings settings, Context context) {
    return builder(settings, context)
        .name(context.name())
        .servers(settings.find(SERVERS).orElse(List.of()))
        .timeout(settings.get(TIMEOUT))
        .interval(settings.get(INTERVAL))
        .scheduler(context.scheduler())
        .ticker(context.ticker())
        .build();
  }

  private static DnsRefresher.Builder builder(Settings settings, Context context) {
    String name = settings.get(NAME);
    if (settings.get(RECORD) == RecordType.SRV) {
      if (settings.isSet(PORT)) {
        throw new SettingsException(
            context.name() + ": port with record = srv (expected: none, the records have it)");
      }
      return DnsRefresher.srv(name);
    }
    return DnsRefresher.addresses(
        name,
        settings
            .find(PORT)
            .orElseThrow(
                () ->
                    new SettingsException(
                        context.name() + ": port is missing (expected: one, for record = a)")));
  }
}

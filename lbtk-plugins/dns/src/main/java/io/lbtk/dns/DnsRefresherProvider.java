package io.lbtk.dns;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** {@code type = dns}: makes a refresher of a domain name, by {@link DnsRefresher}. */
@AutoService(RefresherProvider.class)
public final class DnsRefresherProvider implements RefresherProvider {

  static final Option<String> NAME =
      Option.string("name")
          .check(DnsRefresherProvider::isName, "a domain name such as _http._tcp.example.org")
          .required()
          .position(0)
          .doc("The name, as a whole: no search list is used.");

  static final Option<RecordType> RECORD =
      Option.choice("record", RecordType.class)
          .orElse(RecordType.SRV)
          .doc("srv: host, port, weight and priority stand in the records; a: addresses.");

  static final Option<Integer> PORT =
      Option.integer("port", 1, 65535).doc("The port of every address, for record = a.");

  static final Option<List<InetSocketAddress>> SERVERS =
      ServerAddress.option("servers")
          .list()
          .doc("Name servers, host:port or an address alone; those of the system by default.");

  static final Option<Duration> TIMEOUT =
      Option.duration("timeout")
          .orElse(Duration.ofSeconds(5))
          .check(timeout -> !timeout.isZero(), "more than 0")
          .doc("How long all questions of one look may take.");

  static final Option<Duration> INTERVAL =
      Option.duration("interval")
          .orElse(Duration.ofMinutes(5))
          .check(interval -> !interval.isZero(), "more than 0")
          .doc("When to ask again at the latest; a shorter time to live counts, from 1s on.");

  /** For the service loader. */
  public DnsRefresherProvider() {}

  private static boolean isName(String text) {
    try {
      DnsRefresher.name(text);
      return !text.isBlank();
    } catch (IllegalArgumentException e) {
      return false;
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
    return "Targets that name servers know, by SRV records or by addresses and a port.";
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

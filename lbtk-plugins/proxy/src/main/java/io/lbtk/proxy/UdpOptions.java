package io.lbtk.proxy;

import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.net.ListenAddress;
import io.lbtk.proxy.limits.OpenFiles;
import io.lbtk.proxy.udp.UdpSettings;
import java.time.Duration;
import java.util.List;

/** The options of the UDP proxy. */
final class UdpOptions {

  static final Option<ListenAddress> LISTEN =
      ListenAddress.option("listen")
          .required()
          .position(0)
          .doc(
              "Address that clients send to; port 0 for a port that the kernel chooses. On a machine with"
                  + " several addresses name one, so that answers come from it.");

  static final Option<Duration> IDLE_TIMEOUT =
      ProxyOptions.positive("idle-timeout", Duration.ofSeconds(30))
          .doc("Time without a datagram after which a session ends.");

  static final Option<Duration> MAX_LIFETIME =
      Option.duration("max-lifetime")
          .orElse(Duration.ZERO)
          .doc(
              "Time after which a session ends in any case, up to a tenth less at random; 0 for never. The"
                  + " next datagram of its client takes a token anew.");

  static final Option<Integer> MAX_SESSIONS =
      Option.integer("max-sessions", 1, Integer.MAX_VALUE)
          .doc(
              "Largest number of clients served at a time; datagrams of others are dropped. Each takes a"
                  + " file descriptor and a local port. Default: 65536, or what the limit on open"
                  + " files allows if that is less, in equal parts for all proxies.");

  static final Option<Integer> RESPONSES =
      Option.integer("responses", 1, Integer.MAX_VALUE)
          .doc(
              "Number of answers to each datagram, such as 1 for DNS: a session ends when all"
                  + " have come. Default: only when it is idle.");

  static final List<Option<?>> ALL =
      List.of(
          LISTEN,
          ProxyOptions.TOKENS,
          ProxyOptions.LOOPS,
          ProxyOptions.TOKEN_TIMEOUT,
          IDLE_TIMEOUT,
          MAX_LIFETIME,
          MAX_SESSIONS,
          RESPONSES,
          ProxyOptions.KEY);

  private UdpOptions() {}

  /** Returns the proxy of the settings. */
  static UdpProxy proxy(Settings settings, Context context) {
    UdpProxy.Builder builder =
        ProxyOptions.apply(UdpProxy.builder(), settings, context)
            .listen(settings.get(LISTEN))
            .idleTimeout(settings.get(IDLE_TIMEOUT))
            .maxLifetime(settings.get(MAX_LIFETIME));
    builder.maxSessions(
        settings
            .find(MAX_SESSIONS)
            .orElseGet(() -> UdpSettings.sessionsFor(OpenFiles.limitOfOneOf(context.siblings()))));
    settings.find(RESPONSES).ifPresent(builder::responses);
    return builder.build();
  }
}

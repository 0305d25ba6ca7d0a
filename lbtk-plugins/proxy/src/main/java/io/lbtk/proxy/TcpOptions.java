package io.lbtk.proxy;

import io.lbtk.api.Context;
import io.lbtk.api.Demand;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.net.ListenAddress;
import io.lbtk.proxy.header.ProxyProtocol;
import io.lbtk.proxy.limits.AcceptLimits;
import io.lbtk.proxy.limits.BandwidthLimits;
import io.lbtk.proxy.limits.CidrBlock;
import io.lbtk.proxy.limits.OpenFiles;
import io.lbtk.proxy.limits.RetryRate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The options of every proxy for TCP. */
final class TcpOptions {

  static final Option<ListenAddress> LISTEN =
      ListenAddress.option("listen")
          .required()
          .position(0)
          .doc("Where clients are accepted; port 0 for one that the kernel chooses.");

  static final Option<Integer> ATTEMPTS =
      Option.integer("attempts", 1, Demand.MAX_EXCLUDED)
          .orElse(3)
          .doc("How many targets are tried for a client.");

  static final Option<Duration> ATTEMPTS_TIMEOUT =
      ProxyOptions.positive("attempts-timeout", Duration.ofSeconds(10))
          .doc("How long all attempts may take together.");

  static final Option<RetryRate> RETRY_BUDGET =
      RetryRate.option("retry-budget")
          .orElse(RetryRate.DEFAULT)
          .doc("Further attempts: a share of the connections, and so many a second besides.");

  static final Option<Duration> CONNECT_TIMEOUT =
      ProxyOptions.positive("connect-timeout", Duration.ofSeconds(5))
          .doc("How long one target has to accept, all its addresses.");

  static final Option<Duration> IDLE_TIMEOUT =
      Option.duration("idle-timeout")
          .orElse(Duration.ofMinutes(10))
          .doc("After how long a tunnel is closed in which nothing moves; 0 for never.");

  static final Option<Duration> FIN_TIMEOUT =
      ProxyOptions.positive("fin-timeout", Duration.ofSeconds(30))
          .doc("The same, once one side has ended and all that it had sent has gone on.");

  static final Option<Duration> MAX_LIFETIME =
      Option.duration("max-lifetime")
          .orElse(Duration.ZERO)
          .doc(
              "After how long a tunnel is closed in any case, a tenth less at random; 0 for never.");

  static final Option<Duration> USER_TIMEOUT =
      Option.duration("user-timeout")
          .orElse(Duration.ZERO)
          .check(
              timeout -> timeout.compareTo(TcpProxy.Builder.LONGEST_USER_TIMEOUT) <= 0,
              "a day at most")
          .doc(
              "After how long a connection is broken whose other end takes nothing of what is there"
                  + " for it; 0 for the time of the system. Not with tcp-nio.");

  static final Option<Boolean> REUSE_PORT =
      Option.flag("reuse-port")
          .orElse(false)
          .doc("Whether other processes of this user may listen there too. Not with tcp-nio.");

  static final Option<Path> HAND_OVER =
      Option.path("hand-over")
          .doc(
              "Where the process that serves this address now meets the next one, a file that is"
                  + " made: it takes the listener over, and no connection is lost. Not with tcp-nio.");

  static final Option<Duration> HAND_OVER_TIMEOUT =
      Option.duration("hand-over-timeout")
          .orElse(TcpProxy.Builder.HAND_OVER_TIMEOUT)
          .doc(
              "How long a process with hand-over that gets SIGTERM goes on accepting while no other"
                  + " has taken over; part of drain-timeout; 0 for not at all.");

  static final Option<Integer> MAX_CONNECTIONS =
      Option.integer("max-connections", 1, Integer.MAX_VALUE)
          .doc(
              "How many connections may be open; others wait. Default: what the limit on open files"
                  + " allows, in equal parts for all proxies.");

  static final Option<Integer> MAX_CONNECTION_RATE =
      Option.integer("max-connection-rate", 1, 1_000_000)
          .doc("How many connections are accepted in a second; others wait. Default: no limit.");

  static final Option<Long> BANDWIDTH_UP =
      bandwidth("bandwidth-up")
          .doc("How many bytes a second each client may send, such as 1MiB/s. Default: no limit.");

  static final Option<Long> BANDWIDTH_DOWN =
      bandwidth("bandwidth-down").doc("How many bytes a second each client may get.");

  static final Option<Long> TOTAL_BANDWIDTH_UP =
      bandwidth("total-bandwidth-up")
          .doc("How many bytes a second all clients together may send, in equal parts.");

  static final Option<Long> TOTAL_BANDWIDTH_DOWN =
      bandwidth("total-bandwidth-down")
          .doc("How many bytes a second all clients together may get, in equal parts.");

  static final Option<Integer> MAX_CONNECTIONS_PER_CLIENT =
      Option.integer("max-connections-per-client", 1, Integer.MAX_VALUE)
          .doc("How many connections one address may have; others are closed. Default: no limit.");

  static final Option<List<CidrBlock>> ALLOW =
      CidrBlock.option("allow")
          .list()
          .orElse(List.of())
          .doc("Who is served, such as 10.0.0.0/8; others are closed. Default: everybody.");

  static final Option<List<CidrBlock>> DENY =
      CidrBlock.option("deny").list().orElse(List.of()).doc("Who is not served, even if allowed.");

  static final Option<ProxyProtocol> PROXY_PROTOCOL =
      Option.choice("proxy-protocol", ProxyProtocol.class)
          .orElse(ProxyProtocol.OFF)
          .doc(
              "The header that a target gets before all else, which says where the client is: by"
                  + " version 1 or 2 of HAProxy's PROXY protocol. The target must expect it.");

  static final Option<List<CidrBlock>> ACCEPT_PROXY_FROM =
      CidrBlock.option("accept-proxy-from")
          .list()
          .orElse(List.of())
          .doc(
              "Peers whose connections begin with a header of the PROXY protocol, either version:"
                  + " it is required from them, and nobody else's is believed.");

  static final List<Option<?>> ALL =
      List.of(
          LISTEN,
          ProxyOptions.TOKENS,
          ProxyOptions.LOOPS,
          ATTEMPTS,
          ATTEMPTS_TIMEOUT,
          RETRY_BUDGET,
          CONNECT_TIMEOUT,
          ProxyOptions.TOKEN_TIMEOUT,
          IDLE_TIMEOUT,
          FIN_TIMEOUT,
          MAX_LIFETIME,
          USER_TIMEOUT,
          REUSE_PORT,
          HAND_OVER,
          HAND_OVER_TIMEOUT,
          MAX_CONNECTIONS,
          MAX_CONNECTION_RATE,
          BANDWIDTH_UP,
          BANDWIDTH_DOWN,
          TOTAL_BANDWIDTH_UP,
          TOTAL_BANDWIDTH_DOWN,
          MAX_CONNECTIONS_PER_CLIENT,
          ALLOW,
          DENY,
          ProxyOptions.KEY,
          PROXY_PROTOCOL,
          ACCEPT_PROXY_FROM);

  private TcpOptions() {}

  /** The proxy that the settings ask for. */
  static TcpProxy proxy(TcpProxy.Builder builder, Settings settings, Context context) {
    ProxyOptions.apply(builder, settings, context)
        .listen(settings.get(LISTEN))
        .attempts(settings.get(ATTEMPTS))
        .attemptsTimeout(settings.get(ATTEMPTS_TIMEOUT))
        .retryBudget(settings.get(RETRY_BUDGET))
        .connectTimeout(settings.get(CONNECT_TIMEOUT))
        .idleTimeout(settings.get(IDLE_TIMEOUT))
        .finTimeout(settings.get(FIN_TIMEOUT))
        .maxLifetime(settings.get(MAX_LIFETIME))
        .userTimeout(settings.get(USER_TIMEOUT))
        .reusePort(settings.get(REUSE_PORT))
        .handOverTimeout(settings.get(HAND_OVER_TIMEOUT))
        .allow(settings.get(ALLOW))
        .deny(settings.get(DENY))
        .proxyProtocol(settings.get(PROXY_PROTOCOL))
        .acceptProxyFrom(settings.get(ACCEPT_PROXY_FROM));
    builder.maxConnections(
        settings
            .find(MAX_CONNECTIONS)
            .orElseGet(
                () -> AcceptLimits.connectionsFor(OpenFiles.limitOfOneOf(context.siblings()))));
    settings.find(MAX_CONNECTIONS_PER_CLIENT).ifPresent(builder::maxConnectionsPerClient);
    settings.find(HAND_OVER).ifPresent(builder::handOver);
    settings.find(BANDWIDTH_UP).ifPresent(builder::bandwidthUp);
    settings.find(BANDWIDTH_DOWN).ifPresent(builder::bandwidthDown);
    settings.find(TOTAL_BANDWIDTH_UP).ifPresent(builder::totalBandwidthUp);
    settings.find(TOTAL_BANDWIDTH_DOWN).ifPresent(builder::totalBandwidthDown);
    settings.find(MAX_CONNECTION_RATE).ifPresent(builder::maxConnectionRate);
    return builder.build();
  }

  private static Option<Long> bandwidth(String name) {
    return Option.rate(name)
        .check(
            rate -> rate >= BandwidthLimits.LEAST,
            "%d bytes a second or more".formatted(BandwidthLimits.LEAST));
  }
}

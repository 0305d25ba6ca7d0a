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

/** The options of TCP proxies. */
final class TcpOptions {

  static final Option<ListenAddress> LISTEN =
      ListenAddress.option("listen")
          .required()
          .position(0)
          .doc("Address to accept clients on; port 0 for a port that the kernel chooses.");

  static final Option<Integer> ATTEMPTS =
      Option.integer("attempts", 1, Demand.MAX_EXCLUDED)
          .orElse(3)
          .doc("Number of targets that are tried for a client.");

  static final Option<Duration> ATTEMPTS_TIMEOUT =
      ProxyOptions.positive("attempts-timeout", Duration.ofSeconds(10))
          .doc("Longest time of all attempts together.");

  static final Option<RetryRate> RETRY_BUDGET =
      RetryRate.option("retry-budget")
          .orElse(RetryRate.DEFAULT)
          .doc("Rate of retries: a percentage of the connections, plus a number per second.");

  static final Option<Duration> CONNECT_TIMEOUT =
      ProxyOptions.positive("connect-timeout", Duration.ofSeconds(5))
          .doc("Longest time of one attempt, over all addresses of the target.");

  static final Option<Duration> IDLE_TIMEOUT =
      Option.duration("idle-timeout")
          .orElse(Duration.ofMinutes(10))
          .doc("Time without traffic after which a connection is closed; 0 for never.");

  static final Option<Duration> FIN_TIMEOUT =
      ProxyOptions.positive("fin-timeout", Duration.ofSeconds(30))
          .doc("Time without traffic after which a half-closed connection is closed.");

  static final Option<Duration> MAX_LIFETIME =
      Option.duration("max-lifetime")
          .orElse(Duration.ZERO)
          .doc(
              "Time after which a connection is closed in any case, up to a tenth less at random; 0 for never.");

  static final Option<Duration> USER_TIMEOUT =
      Option.duration("user-timeout")
          .orElse(Duration.ZERO)
          .check(
              timeout -> timeout.compareTo(TcpProxy.Builder.LONGEST_USER_TIMEOUT) <= 0,
              "a day at most")
          .doc(
              "Time after which a connection is aborted whose peer acknowledges no data; 0 for the"
                  + " time of the system. Not with tcp-nio.");

  static final Option<Boolean> REUSE_PORT =
      Option.flag("reuse-port")
          .orElse(false)
          .doc(
              "Permission for other processes of this user to listen there too. Not with tcp-nio.");

  static final Option<Path> HAND_OVER =
      Option.path("hand-over")
          .doc(
              "Path of a socket by which the next process takes the listener over, so that no"
                  + " connection is lost. Not with tcp-nio.");

  static final Option<Duration> HAND_OVER_TIMEOUT =
      Option.duration("hand-over-timeout")
          .orElse(TcpProxy.Builder.HAND_OVER_TIMEOUT)
          .doc(
              "Time for which a process with hand-over goes on accepting after SIGTERM while no other"
                  + " has taken over, as a part of drain-timeout; 0 for not at all.");

  static final Option<Integer> MAX_CONNECTIONS =
      Option.integer("max-connections", 1, Integer.MAX_VALUE)
          .doc(
              "Largest number of open connections; others wait. Default: what the limit on open files"
                  + " allows, in equal parts for all proxies.");

  static final Option<Integer> MAX_CONNECTION_RATE =
      Option.integer("max-connection-rate", 1, 1_000_000)
          .doc(
              "Largest number of connections accepted per second; others wait. Default: no limit.");

  static final Option<Long> BANDWIDTH_UP =
      bandwidth("bandwidth-up")
          .doc("Bytes per second that each client may send, such as 1MiB/s. Default: no limit.");

  static final Option<Long> BANDWIDTH_DOWN =
      bandwidth("bandwidth-down")
          .doc("Bytes per second that each client may receive. Default: no limit.");

  static final Option<Long> TOTAL_BANDWIDTH_UP =
      bandwidth("total-bandwidth-up")
          .doc(
              "Bytes per second that all clients together may send, in equal parts. Default: no limit.");

  static final Option<Long> TOTAL_BANDWIDTH_DOWN =
      bandwidth("total-bandwidth-down")
          .doc(
              "Bytes per second that all clients together may receive, in equal parts. Default: no limit.");

  static final Option<Integer> MAX_CONNECTIONS_PER_CLIENT =
      Option.integer("max-connections-per-client", 1, Integer.MAX_VALUE)
          .doc(
              "Largest number of connections of one address; others are closed. Default: no limit.");

  static final Option<List<CidrBlock>> ALLOW =
      CidrBlock.option("allow")
          .list()
          .orElse(List.of())
          .doc("Addresses that are served, such as 10.0.0.0/8; others are closed. Default: all.");

  static final Option<List<CidrBlock>> DENY =
      CidrBlock.option("deny")
          .list()
          .orElse(List.of())
          .doc("Addresses that are not served, even if allowed.");

  static final Option<ProxyProtocol> PROXY_PROTOCOL =
      Option.choice("proxy-protocol", ProxyProtocol.class)
          .orElse(ProxyProtocol.OFF)
          .doc(
              "Header that is sent to a target first and contains the address of the client: version"
                  + " 1 or 2 of HAProxy's PROXY protocol. The target must expect it.");

  static final Option<List<CidrBlock>> ACCEPT_PROXY_FROM =
      CidrBlock.option("accept-proxy-from")
          .list()
          .orElse(List.of())
          .doc(
              "Peers whose connections must begin with a header of the PROXY protocol, of either"
                  + " version; headers of other peers are relayed like any data.");

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

  /** Returns the proxy of the settings. */
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

package io.lbtk.proxy;

import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.proxy.token.DemandKey;
import java.time.Duration;
import java.util.List;

/** The options of all proxies. */
final class ProxyOptions {

  static final Option<List<String>> TOKENS =
      Option.string("tokens")
          .list()
          .required()
          .position(1)
          .check(
              names -> !names.isEmpty(),
              "a generator of this file, refresher:NAME, or URIs of token ports")
          .doc(
              "A generator of this file, or the URIs of token ports in order of preference, or"
                  + " refresher:NAME for the ports that a refresher finds.");

  static final Option<Integer> LOOPS =
      Option.integer("loops", 1, 1024)
          .doc(
              "Event loops, one thread each. Default: the cores; for udp one where there is no"
                  + " epoll.");

  static final Option<Duration> TOKEN_TIMEOUT =
      positive("token-timeout", Duration.ofSeconds(5))
          .doc("Longest time that a client waits for a token.");

  static final Option<DemandKey> KEY =
      Option.choice("key", DemandKey.class)
          .orElse(DemandKey.NONE)
          .doc("Key of the demand of a client, for policies that hash.");

  private ProxyOptions() {}

  /** Applies the values of these options to a builder. */
  static <B extends ProxyBuilder<B>> B apply(B builder, Settings settings, Context context) {
    List<String> names = settings.get(TOKENS);
    settings.find(LOOPS).ifPresent(builder::loops);
    return builder
        .name(context.name())
        .tokens(loop -> context.tokenSource(names, loop))
        .tokenTimeout(settings.get(TOKEN_TIMEOUT))
        .key(settings.get(KEY));
  }

  /** Returns a duration option of more than 0. */
  static Option<Duration> positive(String name, Duration defaultValue) {
    return Option.duration(name).orElse(defaultValue).check(d -> !d.isZero(), "more than 0");
  }
}

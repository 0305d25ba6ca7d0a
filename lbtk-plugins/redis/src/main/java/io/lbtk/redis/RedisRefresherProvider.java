package io.lbtk.redis;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import java.time.Duration;
import java.util.List;

/** Provider of {@code type = redis}; creates a {@link RedisRefresher}. */
@AutoService(RefresherProvider.class)
public final class RedisRefresherProvider implements RefresherProvider {

  static final Option<RedisFormat> FORMAT =
      Option.choice("format", RedisFormat.class)
          .orElse(RedisFormat.AUTO)
          .doc(
              "Structure: hash, set, zset (scores are heartbeats), keys; auto: by the type of the key.");

  static final Option<NotifyMode> NOTIFY =
      Option.choice("notify", NotifyMode.class)
          .orElse(NotifyMode.AUTO)
          .doc("Use of keyspace notifications; on: warns if the server sends none.");

  static final Option<Duration> INTERVAL =
      Option.duration("interval")
          .orElse(Duration.ofSeconds(5))
          .check(interval -> !interval.isZero(), "more than 0")
          .doc("Time between two reads without a notification.");

  /** Creates the provider; called by the service loader. */
  public RedisRefresherProvider() {}

  @Override
  public String name() {
    return "redis";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(
        RedisOptions.URI_OF_SERVER,
        RedisOptions.KEY,
        FORMAT,
        RedisOptions.TTL,
        NOTIFY,
        INTERVAL,
        RedisOptions.USER,
        RedisOptions.PASSWORD,
        RedisOptions.CA,
        RedisOptions.TIMEOUT);
  }

  @Override
  public String doc() {
    return "Targets in Redis: in a hash, a set, a sorted set with heartbeats, or keys that expire.";
  }

  @Override
  public Refresher create(Settings settings, Context context) {
    return RedisRefresher.builder(
            RedisOptions.server(settings, context), settings.get(RedisOptions.KEY))
        .name(context.name())
        .scheduler(context.scheduler())
        .ticker(context.ticker())
        .format(settings.get(FORMAT))
        .ttl(settings.get(RedisOptions.TTL))
        .notify(settings.get(NOTIFY))
        .interval(settings.get(INTERVAL))
        .build();
  }
}

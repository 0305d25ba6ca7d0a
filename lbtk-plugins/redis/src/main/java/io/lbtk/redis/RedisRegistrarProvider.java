package io.lbtk.redis;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Registrar;
import io.lbtk.api.RegistrarProvider;
import io.lbtk.api.Settings;
import java.util.List;

/** Provider of {@code type = redis}; creates a {@link RedisRegistrar}. */
@AutoService(RegistrarProvider.class)
public final class RedisRegistrarProvider implements RegistrarProvider {

  static final Option<RedisFormat> FORMAT =
      Option.choice("format", RedisFormat.class)
          .orElse(RedisFormat.KEYS)
          .check(RedisRegistrar::expires, "keys or zset: entries of a hash or a set never expire")
          .doc("Structure: keys (KEY:host:port, expiring) or zset (scores are heartbeats).");

  /** Creates the provider; called by the service loader. */
  public RedisRegistrarProvider() {}

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
        RedisOptions.USER,
        RedisOptions.PASSWORD,
        RedisOptions.CA,
        RedisOptions.TIMEOUT);
  }

  @Override
  public String doc() {
    return "Keeps a target in Redis, as a key that expires or in a sorted set with heartbeats.";
  }

  @Override
  public Registrar create(Settings settings, Context context) {
    return RedisRegistrar.builder(
            RedisOptions.server(settings, context), settings.get(RedisOptions.KEY))
        .name(context.name())
        .scheduler(context.scheduler())
        .format(settings.get(FORMAT))
        .ttl(settings.get(RedisOptions.TTL))
        .build();
  }
}

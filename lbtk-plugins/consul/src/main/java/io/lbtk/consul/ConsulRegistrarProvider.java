package io.lbtk.consul;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Registrar;
import io.lbtk.api.RegistrarProvider;
import io.lbtk.api.Settings;
import io.lbtk.core.register.RenewingRegistrar;
import io.lbtk.discovery.http.HttpOptions;
import java.time.Duration;
import java.util.List;

/** Provider of {@code type = consul}; creates a {@link ConsulRegistrar}. */
@AutoService(RegistrarProvider.class)
public final class ConsulRegistrarProvider implements RegistrarProvider {

  static final Option<List<String>> TAGS =
      Option.string("tags").list().orElse(List.of()).doc("Tags of the instance.");

  static final Option<Duration> TTL =
      Option.duration("ttl")
          .orElse(Duration.ofSeconds(15))
          .check(RenewingRegistrar::isTtl, RenewingRegistrar.TTL_RANGE)
          .doc("Time to live of the check without renewal; the entry is removed 1m later.");

  /** Creates the provider; called by the service loader. */
  public ConsulRegistrarProvider() {}

  @Override
  public String name() {
    return "consul";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(
        HttpOptions.URL,
        ConsulOptions.SERVICE,
        TAGS,
        TTL,
        ConsulOptions.TOKEN,
        HttpOptions.TIMEOUT,
        HttpOptions.HEADER,
        HttpOptions.CA);
  }

  @Override
  public String doc() {
    return "Keeps an instance of a service at an agent of Consul, with a passing check.";
  }

  @Override
  public Registrar create(Settings settings, Context context) {
    ConsulRegistrar.Builder builder =
        ConsulRegistrar.builder(settings.get(HttpOptions.URL), settings.get(ConsulOptions.SERVICE))
            .name(context.name())
            .scheduler(context.scheduler())
            .tags(settings.get(TAGS))
            .ttl(settings.get(TTL))
            .timeout(settings.get(HttpOptions.TIMEOUT));
    HttpOptions.apply(settings, context, builder::header, builder::authorities);
    ConsulOptions.applyToken(settings, context, builder::token);
    return builder.build();
  }
}

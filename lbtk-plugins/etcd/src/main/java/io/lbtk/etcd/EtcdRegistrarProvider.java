package io.lbtk.etcd;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Registrar;
import io.lbtk.api.RegistrarProvider;
import io.lbtk.api.Settings;
import io.lbtk.core.register.RenewingRegistrar;
import java.time.Duration;
import java.util.List;

/** Provider of {@code type = etcd}; creates an {@link EtcdRegistrar}. */
@AutoService(RegistrarProvider.class)
public final class EtcdRegistrarProvider implements RegistrarProvider {

  static final Option<Duration> TTL =
      Option.duration("ttl")
          .orElse(Duration.ofSeconds(15))
          .check(RenewingRegistrar::isTtl, RenewingRegistrar.TTL_RANGE)
          .doc("Time to live of the entry without renewal, in whole seconds; at least about 2s.");

  /** Creates the provider; called by the service loader. */
  public EtcdRegistrarProvider() {}

  @Override
  public String name() {
    return "etcd";
  }

  @Override
  public List<Option<?>> options() {
    return EtcdOptions.and(TTL);
  }

  @Override
  public String doc() {
    return "Keeps an entry under a prefix in etcd, bound to a lease.";
  }

  @Override
  public Registrar create(Settings settings, Context context) {
    return new EtcdRegistrar.Builder(
            EtcdOptions.servers(settings, context), settings.get(EtcdOptions.PREFIX))
        .name(context.name())
        .ttl(settings.get(TTL))
        .scheduler(context.scheduler())
        .build();
  }
}

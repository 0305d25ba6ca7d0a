package io.lbtk.zookeeper;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Registrar;
import io.lbtk.api.RegistrarProvider;
import io.lbtk.api.Settings;
import java.util.List;

/** Provider of {@code type = zookeeper}; creates a {@link ZookeeperRegistrar}. */
@AutoService(RegistrarProvider.class)
public final class ZookeeperRegistrarProvider implements RegistrarProvider {

  /** Creates the provider; called by the service loader. */
  public ZookeeperRegistrarProvider() {}

  @Override
  public String name() {
    return "zookeeper";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(
        ZookeeperOptions.CONNECT,
        ZookeeperOptions.PATH,
        ZookeeperOptions.TTL,
        ZookeeperOptions.USER,
        ZookeeperOptions.PASSWORD,
        ZookeeperOptions.TIMEOUT);
  }

  @Override
  public String doc() {
    return "Keeps an entry in ZooKeeper: an ephemeral child host:port, whose data is the target.";
  }

  @Override
  public Registrar create(Settings settings, Context context) {
    ZookeeperRegistrar.Builder builder =
        ZookeeperRegistrar.builder(
                settings.get(ZookeeperOptions.CONNECT), settings.get(ZookeeperOptions.PATH))
            .name(context.name())
            .ttl(settings.get(ZookeeperOptions.TTL))
            .timeout(settings.get(ZookeeperOptions.TIMEOUT))
            .scheduler(context.scheduler());
    ZookeeperOptions.credentials(settings, context).ifPresent(builder::credentials);
    return builder.build();
  }
}

package io.lbtk.zookeeper;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import java.time.Duration;
import java.util.List;

/** Provider of {@code type = zookeeper}; creates a {@link ZookeeperRefresher}. */
@AutoService(RefresherProvider.class)
public final class ZookeeperRefresherProvider implements RefresherProvider {

  static final Option<ZookeeperFormat> FORMAT =
      Option.choice("format", ZookeeperFormat.class)
          .orElse(ZookeeperFormat.AUTO)
          .doc("Format of the children; auto detects it for each child.");

  static final Option<String> ENDPOINT =
      Option.string("endpoint")
          .check(endpoint -> !endpoint.isBlank(), "a name")
          .doc(
              "Additional endpoint of a serverset, or listener of Kafka; the main one by default.");

  static final Option<Duration> INTERVAL =
      Option.duration("interval")
          .orElse(Duration.ofMinutes(5))
          .check(interval -> !interval.isZero(), "more than 0")
          .doc("Longest time between two lists of the children; watches report changes at once.");

  /** Creates the provider; called by the service loader. */
  public ZookeeperRefresherProvider() {}

  @Override
  public String name() {
    return "zookeeper";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(
        ZookeeperOptions.CONNECT,
        ZookeeperOptions.PATH,
        FORMAT,
        ENDPOINT,
        ZookeeperOptions.USER,
        ZookeeperOptions.PASSWORD,
        ZookeeperOptions.TIMEOUT,
        INTERVAL,
        ZookeeperOptions.MAX_SIZE);
  }

  @Override
  public String doc() {
    return "Targets in the children of a node in ZooKeeper.";
  }

  @Override
  public Refresher create(Settings settings, Context context) {
    ZookeeperRefresher.Builder builder =
        ZookeeperRefresher.builder(
                settings.get(ZookeeperOptions.CONNECT), settings.get(ZookeeperOptions.PATH))
            .name(context.name())
            .format(settings.get(FORMAT))
            .timeout(settings.get(ZookeeperOptions.TIMEOUT))
            .maxSize(Math.toIntExact(settings.get(ZookeeperOptions.MAX_SIZE)))
            .interval(settings.get(INTERVAL))
            .scheduler(context.scheduler())
            .ticker(context.ticker());
    settings.find(ENDPOINT).ifPresent(builder::endpoint);
    ZookeeperOptions.credentials(settings, context).ifPresent(builder::credentials);
    return builder.build();
  }
}

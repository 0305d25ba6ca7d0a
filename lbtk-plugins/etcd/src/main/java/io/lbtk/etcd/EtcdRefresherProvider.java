package io.lbtk.etcd;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import java.time.Duration;
import java.util.List;

/** Provider of {@code type = etcd}; creates an {@link EtcdRefresher}. */
@AutoService(RefresherProvider.class)
public final class EtcdRefresherProvider implements RefresherProvider {

  static final Option<EtcdFormat> FORMAT =
      Option.choice("format", EtcdFormat.class)
          .orElse(EtcdFormat.AUTO)
          .doc("Format of the values; auto detects it for each value.");

  static final Option<Duration> INTERVAL =
      Option.duration("interval")
          .orElse(Duration.ofMinutes(5))
          .check(interval -> !interval.isZero(), "more than 0")
          .doc("Time between two full lists; a watch reports changes at once.");

  /** Creates the provider; called by the service loader. */
  public EtcdRefresherProvider() {}

  @Override
  public String name() {
    return "etcd";
  }

  @Override
  public List<Option<?>> options() {
    return EtcdOptions.and(FORMAT, INTERVAL);
  }

  @Override
  public String doc() {
    return "Targets in the keys of a prefix in etcd.";
  }

  @Override
  public Refresher create(Settings settings, Context context) {
    return new EtcdRefresher.Builder(
            EtcdOptions.servers(settings, context), settings.get(EtcdOptions.PREFIX))
        .name(context.name())
        .format(settings.get(FORMAT))
        .interval(settings.get(INTERVAL))
        .scheduler(context.scheduler())
        .ticker(context.ticker())
        .build();
  }
}

package io.lbtk.ganglia;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.Target;
import java.time.Duration;
import java.util.List;

/** Provider of {@code type = ganglia}; creates a {@link GangliaRefresher}. */
@AutoService(RefresherProvider.class)
public final class GangliaRefresherProvider implements RefresherProvider {

  static final Option<Target> ADDRESS =
      Option.of("address", "host:port", GangliaRefresherProvider::address, Target::hostPort)
          .required()
          .position(0)
          .doc("Address of a gmond (usually port 8649) or gmetad (8651, its xml_port).");

  static final Option<String> CLUSTER =
      Option.string("cluster").doc("Cluster whose hosts are used; all clusters by default.");

  static final Option<Integer> PORT =
      Option.integer("port", 1, 65535)
          .doc("Port of each target whose host has no metric lbtk_port.");

  static final Option<GangliaMetric> METRIC =
      Option.choice("metric", GangliaMetric.class)
          .orElse(GangliaMetric.NONE)
          .doc(
              "Source of the weights, 1 to 100: cpu (cpu_idle), load (100 / (1 + load)), headroom"
                  + " (100 * (1 - load)), where load is load_one / cpu_num; or none.");

  static final Option<Duration> INTERVAL =
      Option.duration("interval")
          .orElse(Duration.ofSeconds(5))
          .check(interval -> !interval.isZero(), "more than 0")
          .doc("Time between two reads.");

  static final Option<Duration> TIMEOUT =
      Option.duration("timeout")
          .orElse(Duration.ofSeconds(10))
          .check(timeout -> !timeout.isZero(), "more than 0")
          .doc("Time for a whole answer.");

  static final Option<Long> MAX_SIZE =
      Option.size("max-size")
          .orElse(64L << 20)
          .check(size -> size >= 1, "1 or more")
          .doc("Largest size of an answer.");

  /** Creates the provider; called by the service loader. */
  public GangliaRefresherProvider() {}

  private static Target address(String text) {
    try {
      Target target = Target.parse(text);
      if (target.equals(Target.of(target.host(), target.port()))) {
        return target;
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("expected: host:port of a gmond or gmetad", e);
    }
    throw new IllegalArgumentException("expected: host:port of a gmond or gmetad, alone");
  }

  @Override
  public String name() {
    return "ganglia";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(ADDRESS, CLUSTER, PORT, METRIC, INTERVAL, TIMEOUT, MAX_SIZE);
  }

  @Override
  public String doc() {
    return "Hosts known to a gmond or gmetad of Ganglia, with weights from their load.";
  }

  @Override
  public Refresher create(Settings settings, Context context) {
    Target address = settings.get(ADDRESS);
    GangliaRefresher.Builder builder =
        GangliaRefresher.builder(address.host(), address.port())
            .name(context.name())
            .metric(settings.get(METRIC))
            .interval(settings.get(INTERVAL))
            .timeout(settings.get(TIMEOUT))
            .maxSize(settings.get(MAX_SIZE))
            .scheduler(context.scheduler())
            .ticker(context.ticker());
    settings.find(CLUSTER).ifPresent(builder::cluster);
    settings.find(PORT).ifPresent(builder::port);
    return builder.build();
  }
}

package io.lbtk.consul;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.discovery.http.HttpOptions;
import java.time.Duration;
import java.util.List;

/** Provider of {@code type = consul}; creates a {@link ConsulRefresher}. */
@AutoService(RefresherProvider.class)
public final class ConsulRefresherProvider implements RefresherProvider {

  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

  static final Option<String> TAG =
      Option.string("tag")
          .check(tag -> !tag.isBlank(), "a tag")
          .doc("Tag of the instances; any by default.");

  static final Option<String> DATACENTER =
      Option.string("datacenter")
          .check(name -> !name.isBlank(), "the name of a data centre")
          .doc("Data center of the instances; that of the agent by default.");

  static final Option<Boolean> PASSING =
      Option.flag("passing")
          .orElse(true)
          .doc("Exclusion of instances with a warning; false: the weight for that state counts.");

  static final Option<Duration> WAIT =
      Option.duration("wait")
          .orElse(Duration.ofSeconds(60))
          .check(ConsulRefresherProvider::isWait, "1s to 10m")
          .doc("Time for which a query waits at the agent for a change.");

  /** Creates the provider; called by the service loader. */
  public ConsulRefresherProvider() {}

  static boolean isWait(Duration wait) {
    return wait.compareTo(SHORTEST_WAIT) >= 0 && wait.compareTo(LONGEST_WAIT) <= 0;
  }

  @Override
  public String name() {
    return "consul";
  }

  @Override
  public List<Option<?>> options() {
    return HttpOptions.and(
        ConsulOptions.SERVICE, TAG, DATACENTER, ConsulOptions.TOKEN, PASSING, WAIT);
  }

  @Override
  public String doc() {
    return "Instances of a service in Consul whose checks pass.";
  }

  @Override
  public Refresher create(Settings settings, Context context) {
    ConsulRefresher.Builder builder =
        HttpOptions.apply(
                settings,
                context,
                ConsulRefresher.builder(
                    settings.get(HttpOptions.URL), settings.get(ConsulOptions.SERVICE)))
            .passing(settings.get(PASSING))
            .waitTime(settings.get(WAIT));
    settings.find(TAG).ifPresent(builder::tag);
    settings.find(DATACENTER).ifPresent(builder::datacenter);
    ConsulOptions.applyToken(settings, context, builder::token);
    return builder.build();
  }
}

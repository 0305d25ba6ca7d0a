package io.lbtk.standard.refresh;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.core.refresh.WeighedRefresher;
import java.util.List;

/** Creates a {@link WeighedRefresher} of two others: {@code type = weigh-by}. */
@AutoService(RefresherProvider.class)
public final class WeighByRefresherProvider implements RefresherProvider {

  static final Option<String> OF =
      Option.string("of").required().doc("Name of the refresher that lists the targets.");

  static final Option<String> BY =
      Option.string("by").required().doc("Name of the refresher that gives the weights, by host.");

  static final Option<Integer> HYSTERESIS =
      Option.integer("hysteresis", 0, 100)
          .orElse(10)
          .doc("Smallest change of a host's weight that counts, in percent.");

  /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
  public WeighByRefresherProvider() {}

  @Override
  public String name() {
    return "weigh-by";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(OF, BY, HYSTERESIS);
  }

  @Override
  public String doc() {
    return "Targets of one refresher, with weights by host from another.";
  }

  @Override
  public Refresher create(Settings settings, Context context) {
    List<Refresher> both =
        OtherRefreshers.make(List.of(settings.get(OF), settings.get(BY)), context);
    return WeighedRefresher.builder(both.get(0), both.get(1))
        .name(context.name())
        .hysteresis(settings.get(HYSTERESIS))
        .build();
  }
}

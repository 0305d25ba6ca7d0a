package io.lbtk.standard.refresh;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.core.refresh.WeighedRefresher;
import java.util.List;

/** {@code type = weigh-by}: makes a {@link WeighedRefresher} of two others. */
@AutoService(RefresherProvider.class)
public final class WeighByRefresherProvider implements RefresherProvider {

  static final Option<String> OF =
      Option.string("of").required().doc("The name of the refresher that lists the targets.");

  static final Option<String> BY =
      Option.string("by")
          .required()
          .doc("The name of the refresher whose weights count, by the host of each.");

  static final Option<Integer> HYSTERESIS =
      Option.integer("hysteresis", 0, 100)
          .orElse(10)
          .doc("By how many percent the weight of a host has to change, or it stays as it is.");

  /** For the service loader. */
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
    return "The targets of a refresher, with weights that another tells of their hosts.";
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

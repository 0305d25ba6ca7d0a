package io.lbtk.standard.refresh;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.Target;
import java.util.List;

/** Creates a {@link StaticRefresher}: {@code type = static}. */
@AutoService(RefresherProvider.class)
public final class StaticRefresherProvider implements RefresherProvider {

  static final Option<List<Target>> TARGETS =
      Option.target("targets")
          .list()
          .check(targets -> !targets.isEmpty(), "at least one target, host:port")
          .required()
          .position(0)
          .doc("Targets, separated by commas: host:port, then key=value.");

  /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
  public StaticRefresherProvider() {}

  @Override
  public String name() {
    return "static";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(TARGETS);
  }

  @Override
  public String doc() {
    return "Fixed targets, listed in the settings.";
  }

  @Override
  public Refresher create(Settings settings, Context context) {
    return StaticRefresher.of(settings.get(TARGETS));
  }
}

package io.lbtk.standard.refresh;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import java.util.List;

/** Creates a {@link StdinRefresher}: {@code type = stdin}. */
@AutoService(RefresherProvider.class)
public final class StdinRefresherProvider implements RefresherProvider {

  /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
  public StdinRefresherProvider() {}

  @Override
  public String name() {
    return "stdin";
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public String doc() {
    return "Lists of targets on the standard input; a blank line ends a list.";
  }

  @Override
  public Refresher create(Settings settings, Context context) {
    return StdinRefresher.builder().name(context.name()).scheduler(context.scheduler()).build();
  }
}

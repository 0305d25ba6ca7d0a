package io.lbtk.standard.refresh;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.core.refresh.MergedRefresher;
import java.util.HashSet;
import java.util.List;

/** Creates a {@link MergedRefresher}: {@code type = merge}. */
@AutoService(RefresherProvider.class)
public final class MergeRefresherProvider implements RefresherProvider {

  static final Option<List<String>> OF =
      Option.string("of")
          .list()
          .check(names -> !names.isEmpty(), "names of refreshers, with commas between two")
          .check(names -> new HashSet<>(names).size() == names.size(), "each refresher once")
          .required()
          .doc("Names of the refreshers; of several that list a host:port the first one counts.");

  /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
  public MergeRefresherProvider() {}

  @Override
  public String name() {
    return "merge";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(OF);
  }

  @Override
  public String doc() {
    return "The union of other refreshers.";
  }

  @Override
  public Refresher create(Settings settings, Context context) {
    return new MergedRefresher(OtherRefreshers.make(settings.get(OF), context));
  }
}

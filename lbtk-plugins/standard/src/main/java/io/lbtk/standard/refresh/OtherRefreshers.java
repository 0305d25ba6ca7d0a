package io.lbtk.standard.refresh;

import io.lbtk.api.Context;
import io.lbtk.api.Refresher;
import io.lbtk.api.SettingsException;
import java.util.ArrayList;
import java.util.List;

/** Creates the refreshers that another refresher wraps. */
final class OtherRefreshers {

  private OtherRefreshers() {}

  /**
   * Creates the named refreshers, in this order.
   *
   * @throws SettingsException if any cannot be created; it names the problems of all, and all that
   *     were created are closed
   */
  static List<Refresher> make(List<String> names, Context context) {
    List<Refresher> made = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (String name : names) {
      try {
        made.add(context.refresher(name));
      } catch (SettingsException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      made.forEach(Refresher::close);
      throw new SettingsException(problems);
    }
    return made;
  }
}

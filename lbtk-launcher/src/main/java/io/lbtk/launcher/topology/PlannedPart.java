package io.lbtk.launcher.topology;

import io.lbtk.api.Provider;
import io.lbtk.api.Settings;
import io.lbtk.core.plugin.Plugin;
import io.lbtk.core.settings.Section;

/**
 * A part that a plugin creates.
 *
 * @param section the settings as they are written
 * @param plugin the plugin
 * @param settings the values of the options of the plugin and of the kind
 */
record PlannedPart<P extends Provider<?>>(Section section, Plugin<P> plugin, Settings settings) {

  /** Returns the full name: {@code refresher.backends}. */
  String part() {
    return section.part();
  }
}

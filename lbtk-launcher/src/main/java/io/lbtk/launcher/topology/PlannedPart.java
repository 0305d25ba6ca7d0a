package io.lbtk.launcher.topology;

import io.lbtk.api.Provider;
import io.lbtk.api.Settings;
import io.lbtk.core.plugin.Plugin;
import io.lbtk.core.settings.Section;

/**
 * A part that a plugin makes.
 *
 * @param section the settings as they are written
 * @param plugin makes it
 * @param settings the values of the plugin's options, and of those that every part of the kind has
 */
record PlannedPart<P extends Provider<?>>(Section section, Plugin<P> plugin, Settings settings) {

  /** Its whole name: {@code refresher.backends}. */
  String part() {
    return section.part();
  }
}

package io.lbtk.launcher.topology;

import io.lbtk.api.Provider;
import io.lbtk.api.Settings;
import io.lbtk.core.plugin.Plugin;

/**
 * A part that a plugin makes.
 *
 * @param part its whole name: {@code refresher.backends}
 * @param plugin makes it
 * @param settings the values of the plugin's options, and of those that every part of the kind has
 */
record PlannedPart<P extends Provider<?>>(String part, Plugin<P> plugin, Settings settings) {}

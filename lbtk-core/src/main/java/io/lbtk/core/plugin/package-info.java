/**
 * Finds plugins: those of the class path, and those of jars in a folder, each in a class loader of
 * its own. {@link io.lbtk.core.plugin.PluginRegistry} is where to start.
 */
@NullMarked
package io.lbtk.core.plugin;

import org.jspecify.annotations.NullMarked;

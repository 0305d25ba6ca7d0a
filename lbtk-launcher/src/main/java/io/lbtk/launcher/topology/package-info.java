/**
 * Builds the parts that the settings name, connects them, and starts and stops them: a {@link
 * io.lbtk.launcher.topology.Plan} is what the settings say, a {@link
 * io.lbtk.launcher.topology.Topology} is what runs.
 */
@NullMarked
package io.lbtk.launcher.topology;

import org.jspecify.annotations.NullMarked;

/**
 * Creates, connects, starts and stops the parts of the settings: a {@link
 * io.lbtk.launcher.topology.Plan} holds the settings, a {@link io.lbtk.launcher.topology.Topology}
 * the running parts.
 */
@NullMarked
package io.lbtk.launcher.topology;

import org.jspecify.annotations.NullMarked;

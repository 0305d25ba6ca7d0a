/** Targets that Ganglia knows, and weights from the load of hosts. */
@NullMarked
package io.lbtk.ganglia;

import org.jspecify.annotations.NullMarked;

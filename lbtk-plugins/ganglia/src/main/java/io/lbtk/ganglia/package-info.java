/** Discovery of hosts in Ganglia, with weights from their load. */
@NullMarked
package io.lbtk.ganglia;

import org.jspecify.annotations.NullMarked;

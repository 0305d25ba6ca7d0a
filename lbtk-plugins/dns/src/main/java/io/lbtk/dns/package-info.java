/** Targets from the domain name system. */
@NullMarked
package io.lbtk.dns;

import org.jspecify.annotations.NullMarked;

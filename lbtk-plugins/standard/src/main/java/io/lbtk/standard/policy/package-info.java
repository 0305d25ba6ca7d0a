/** Policies: round-robin and random. */
@NullMarked
package io.lbtk.standard.policy;

import org.jspecify.annotations.NullMarked;

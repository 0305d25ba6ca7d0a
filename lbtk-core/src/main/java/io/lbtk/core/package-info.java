/**
 * The {@link io.lbtk.core.Generator}, which keeps the table of targets and issues tokens by a
 * policy.
 */
@NullMarked
package io.lbtk.core;

import org.jspecify.annotations.NullMarked;

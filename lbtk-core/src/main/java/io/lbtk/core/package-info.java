/**
 * The brain: a {@link io.lbtk.core.Generator} keeps the table of targets and gives out tokens by a
 * policy.
 */
@NullMarked
package io.lbtk.core;

import org.jspecify.annotations.NullMarked;

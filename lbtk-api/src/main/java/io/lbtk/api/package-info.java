/**
 * The nouns of lbtk and the interfaces that plugins implement.
 *
 * <p>{@link io.lbtk.api.Refresher Refreshers} say what exists. {@link io.lbtk.api.Verdict Verdicts}
 * say what may be picked now, and why not. The {@link io.lbtk.api.Policy policy} says which. {@link
 * io.lbtk.api.TokenSource Token sources} say who gets it. {@link io.lbtk.api.Outcome Outcomes} flow
 * back along the {@link io.lbtk.api.Token token}.
 *
 * <p>Unless a type says otherwise, nothing here is ever null, and values are immutable.
 */
@NullMarked
package io.lbtk.api;

import org.jspecify.annotations.NullMarked;

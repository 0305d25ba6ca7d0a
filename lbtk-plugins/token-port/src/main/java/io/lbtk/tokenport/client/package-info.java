/**
 * Token sources that are connected to a token port or to a PUSH socket, and their connections,
 * which are re-established for as long as the source is open.
 */
@NullMarked
package io.lbtk.tokenport.client;

import org.jspecify.annotations.NullMarked;

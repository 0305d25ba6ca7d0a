/**
 * Connections to token ports: which event loop they run on, and how they are made again for as long
 * as they are wanted.
 */
@NullMarked
package io.lbtk.tokenport.client;

import org.jspecify.annotations.NullMarked;

/**
 * The token port: a generator serves tokens to remote peers, and remote peers take them, over
 * ZeroMQ's protocol ZMTP 3.1 on TCP.
 */
@NullMarked
package io.lbtk.tokenport;

import org.jspecify.annotations.NullMarked;

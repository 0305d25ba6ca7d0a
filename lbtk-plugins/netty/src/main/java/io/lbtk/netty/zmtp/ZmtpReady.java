package io.lbtk.netty.zmtp;

/**
 * The user event that ends the handshake: from now on messages can be sent, and come.
 *
 * @param peer what the other end is
 */
public record ZmtpReady(SocketType peer) {}

package io.lbtk.tokenport.zmtp;

/**
 * The user event that ends the handshake: from now on messages can be sent, and come.
 *
 * @param peer what the other end is
 * @param standby whether the other end says that it sends nothing for now, since it is a standby
 */
public record ZmtpReady(SocketType peer, boolean standby) {}

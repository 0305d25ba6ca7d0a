package io.lbtk.tokenport.zmtp;

/**
 * The user event of a PONG: the other end has read everything up to the PING that it answers.
 *
 * @param sequence what that PING carried, or -1 if it was none of {@link ZmtpFrame#writePing}
 */
public record ZmtpPong(long sequence) {}

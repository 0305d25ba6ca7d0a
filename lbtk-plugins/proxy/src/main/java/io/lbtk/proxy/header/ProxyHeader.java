package io.lbtk.proxy.header;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The content of a PROXY protocol header of either version: the source and the destination of a
 * connection. Either both are present, or neither.
 *
 * @param source the address of the client
 * @param destination the address that the client has connected to
 */
public record ProxyHeader(
    @Nullable InetSocketAddress source, @Nullable InetSocketAddress destination) {

  /** A header that names no client. */
  public static final ProxyHeader UNKNOWN = new ProxyHeader(null, null);

  /** Returns the header for a connection; {@link #UNKNOWN} if one of its ends is unknown. */
  public static ProxyHeader of(
      @Nullable InetSocketAddress source, @Nullable InetSocketAddress destination) {
    return source == null || destination == null ? UNKNOWN : new ProxyHeader(source, destination);
  }

  /** Returns the encoded header. */
  public byte[] encode(ProxyProtocol version) {
    return switch (version) {
      case OFF -> new byte[0];
      case V1 -> HeaderLine.write(this);
      case V2 -> HeaderBlock.write(this);
    };
  }
}

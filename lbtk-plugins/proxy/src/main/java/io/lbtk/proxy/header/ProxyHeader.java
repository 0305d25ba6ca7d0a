package io.lbtk.proxy.header;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a header of the PROXY protocol says, in either version: where a connection came from and
 * where it went to. Both are there, or neither.
 *
 * @param source the client
 * @param destination what the client has connected to
 */
public record ProxyHeader(
    @Nullable InetSocketAddress source, @Nullable InetSocketAddress destination) {

  /** Says nothing of a client: the connection stands for itself. */
  public static final ProxyHeader UNKNOWN = new ProxyHeader(null, null);

  /** The header for a connection; {@link #UNKNOWN} if one of its ends is. */
  public static ProxyHeader of(
      @Nullable InetSocketAddress source, @Nullable InetSocketAddress destination) {
    return source == null || destination == null ? UNKNOWN : new ProxyHeader(source, destination);
  }

  /** The bytes of this header. */
  public byte[] encode(ProxyProtocol version) {
    return switch (version) {
      case OFF -> new byte[0];
      case V1 -> HeaderLine.write(this);
      case V2 -> HeaderBlock.write(this);
    };
  }
}

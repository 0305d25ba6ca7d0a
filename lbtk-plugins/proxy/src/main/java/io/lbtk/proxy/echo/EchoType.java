package io.lbtk.proxy.echo;

/** The types of echo servers. */
public enum EchoType {
  /** TCP by Netty's NIO channels, on all platforms. */
  NIO("tcp"),

  /** TCP, spliced by the kernel through a pipe without a copy in this process, on Linux. */
  SPLICE("tcp"),

  /** UDP, each datagram by itself. */
  UDP("udp");

  private final String protocol;

  EchoType(String protocol) {
    this.protocol = protocol;
  }

  /** Returns the protocol of its ports: {@code tcp} or {@code udp}. */
  public String protocol() {
    return protocol;
  }
}

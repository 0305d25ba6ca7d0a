package io.lbtk.proxy.echo;

/** How an echo server gets and sends bytes. */
public enum EchoType {
  /** Connections, by Netty's channels on NIO: wherever Java runs. */
  NIO("tcp"),

  /** Connections, spliced by the kernel through a pipe, without a copy in this process: Linux. */
  SPLICE("tcp"),

  /** Datagrams, each by itself. */
  UDP("udp");

  private final String protocol;

  EchoType(String protocol) {
    this.protocol = protocol;
  }

  /** Whose ports it listens on: {@code tcp} or {@code udp}. */
  public String protocol() {
    return protocol;
  }
}

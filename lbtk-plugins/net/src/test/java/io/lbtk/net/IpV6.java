package io.lbtk.net;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** The loopback address of IPv6, which some machines do not have. */
public final class IpV6 {

  private IpV6() {}

  /** The address {@code ::1}; the test is skipped where nothing can listen on it. */
  public static InetAddress loopback() throws UnknownHostException {
    InetAddress loopback = InetAddress.getAllByName("::1")[0];
    assumeTrue(isThere(loopback), "the machine has ::1");
    return loopback;
  }

  private static boolean isThere(InetAddress loopback) {
    try (ServerSocket server = new ServerSocket(0, 1, loopback)) {
      return server.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}

package io.lbtk.core.net;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The ports that the system gives to sockets that connect: see ip_local_port_range in ip(7).
 *
 * @param first of them
 * @param last of them
 */
public record LocalPorts(int first, int last) {

  private static final Path RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

  /** Reads the range of now; all ports where the system does not tell it. */
  public static LocalPorts find() {
    // In one read: such a file has nothing at any other place than its beginning.
    try (BufferedReader range = Files.newBufferedReader(RANGE)) {
      return parse(String.valueOf(range.readLine()));
    } catch (IOException | IllegalArgumentException e) {
      return new LocalPorts(1, 65_535);
    }
  }

  /**
   * Reads what the system says.
   *
   * @throws IllegalArgumentException if that is no range
   */
  static LocalPorts parse(String text) {
    String[] words = text.strip().split("\\s+", -1);
    if (words.length != 2) {
      throw new IllegalArgumentException(text);
    }
    return new LocalPorts(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
  }

  /** Returns whether the system may give this port to a socket that connects. */
  public boolean contains(int port) {
    return port >= first && port <= last;
  }
}

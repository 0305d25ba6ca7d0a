package io.lbtk.core.net;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The range of ephemeral ports: see ip_local_port_range in ip(7).
 *
 * @param first the first port
 * @param last the last port
 */
public record LocalPorts(int first, int last) {

  private static final Path RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

  /** Returns the current range; all ports if the system does not tell it. */
  public static LocalPorts find() {
    // In one read, since a file in /proc may not support reads at another offset.
    try (BufferedReader range = Files.newBufferedReader(RANGE)) {
      return parse(String.valueOf(range.readLine()));
    } catch (IOException | IllegalArgumentException e) {
      return new LocalPorts(1, 65_535);
    }
  }

  /**
   * Parses the range.
   *
   * @throws IllegalArgumentException if the text is not a range
   */
  static LocalPorts parse(String text) {
    String[] words = text.strip().split("\\s+", -1);
    if (words.length != 2) {
      throw new IllegalArgumentException(text);
    }
    return new LocalPorts(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
  }

  /** Returns whether the system may assign this port to a connecting socket. */
  public boolean contains(int port) {
    return port >= first && port <= last;
  }
}

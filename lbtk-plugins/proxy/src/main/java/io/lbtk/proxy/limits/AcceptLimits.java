package io.lbtk.proxy.limits;

/**
 * The limits on the connections that a proxy accepts. Further connections wait in the backlog of
 * the listening socket.
 *
 * @param maxConnections the most open connections, 1 or more
 * @param maxConnectionRate the most connections accepted per second; 0 for no limit
 */
public record AcceptLimits(int maxConnections, int maxConnectionRate) {

  private static final int FILES_PER_CONNECTION = 2;

  /**
   * Returns the number of connections that a limit on open files allows.
   *
   * @param openFiles the limit of the process; negative for none
   */
  public static int connectionsFor(long openFiles) {
    return OpenFiles.roomFor(openFiles, FILES_PER_CONNECTION);
  }
}

package io.lbtk.proxy.limits;

/**
 * How many connections a proxy accepts. What comes beyond waits in the backlog of the listening
 * socket.
 *
 * @param maxConnections open at a time, 1 or more
 * @param maxConnectionRate a second; 0 for no limit
 */
public record AcceptLimits(int maxConnections, int maxConnectionRate) {

  private static final int FILES_PER_CONNECTION = 2;

  /**
   * The connections that a limit on open files has room for.
   *
   * @param openFiles of the process; negative where there is none
   */
  public static int connectionsFor(long openFiles) {
    return OpenFiles.roomFor(openFiles, FILES_PER_CONNECTION);
  }
}

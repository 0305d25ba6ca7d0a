package io.lbtk.netty.proxy;

/**
 * How many connections a proxy accepts. What comes beyond waits in the backlog of the listening
 * socket.
 *
 * @param maxConnections open at a time, 1 or more
 * @param maxConnectionRate a second; 0 for no limit
 */
record AcceptLimits(int maxConnections, int maxConnectionRate) {

  /** What the process needs besides: its jars, its log, token ports, listening sockets, pipes. */
  private static final long RESERVED_FILES = 128;

  private static final int FILES_PER_CONNECTION = 2;

  /**
   * The connections that a limit on open files has room for.
   *
   * @param openFiles of the process; negative where there is none
   */
  static int connectionsFor(long openFiles) {
    if (openFiles < 0) {
      return Integer.MAX_VALUE;
    }
    long reserved = Math.min(RESERVED_FILES, openFiles / 2);
    long connections = (openFiles - reserved) / FILES_PER_CONNECTION;
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, connections));
  }
}

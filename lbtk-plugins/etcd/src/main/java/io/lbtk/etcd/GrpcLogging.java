package io.lbtk.etcd;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** What gRPC writes to the log of the JDK. */
final class GrpcLogging {

  /**
   * They write, where everybody sees it, that a watch was ended while a change was on its way, that
   * there are no metrics of sockets, and again what a call fails with. They are held here since the
   * JDK forgets the level of one that nobody holds.
   */
  private static final List<Logger> TOO_LOUD =
      Stream.of(
              "io.grpc.internal.AbstractClientStream",
              "io.grpc.internal.ManagedChannelImpl",
              "io.grpc.netty.TcpMetrics")
          .map(Logger::getLogger)
          .toList();

  private GrpcLogging() {}

  /** Leaves only what is serious, unless somebody has set another level. */
  static void hush() {
    for (Logger logger : TOO_LOUD) {
      if (logger.getLevel() == null) {
        logger.setLevel(Level.SEVERE);
      }
    }
  }
}

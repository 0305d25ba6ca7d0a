package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/** Waits for a process that begins to listen, by trying every millisecond. */
final class FirstByte {

  private static final int TIMEOUT_SECONDS = 20;
  private static final int TRY_MILLIS = 1;
  private static final int ANSWER_MILLIS = 5000;

  private FirstByte() {}

  /** Returns once a connection is accepted. */
  static void untilAccepted(Child process, InetSocketAddress address)
      throws IOException, InterruptedException {
    until(process, address, false);
  }

  /** Returns once a byte was echoed through the process. */
  static void untilEchoed(Child process, InetSocketAddress address)
      throws IOException, InterruptedException {
    until(process, address, true);
  }

  private static void until(Child process, InetSocketAddress address, boolean echo)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    while (!tried(address, echo)) {
      process.checkAlive();
      if (System.nanoTime() > end) {
        throw new IOException(
            "nothing came through %s within %d s:%n%s"
                .formatted(address, TIMEOUT_SECONDS, process.logged()));
      }
      TimeUnit.MILLISECONDS.sleep(TRY_MILLIS);
    }
  }

  private static boolean tried(InetSocketAddress address, boolean echo) {
    try (Socket socket = new Socket()) {
      socket.connect(address, ANSWER_MILLIS);
      if (!echo) {
        return true;
      }
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.getOutputStream().write('x');
      return socket.getInputStream().read() == 'x';
    } catch (IOException e) {
      return false;
    }
  }
}

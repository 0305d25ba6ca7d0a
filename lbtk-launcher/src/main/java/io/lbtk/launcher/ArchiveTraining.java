package io.lbtk.launcher;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Starts a proxy, a generator and an echo server on the loopback, passes one byte through them and
 * exits, so that the JVM can record the classes for its archive. Run by {@code bin/lbtk}.
 */
final class ArchiveTraining {

  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  private ArchiveTraining() {}

  /** Exits with 0, or with 1 if no byte came through. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int echo = freePort();
    int tokens = freePort();
    int proxy = freePort();
    run(
        """
        echo.e.listen = 127.0.0.1:%d
        refresher.r.type = static
        refresher.r.targets = 127.0.0.1:%1$d
        generator.g.refreshers = r
        generator.g.listen = tcp://127.0.0.1:%d
        """
            .formatted(echo, tokens));
    run(
        """
        proxy.p.listen = 127.0.0.1:%d
        proxy.p.tokens = tcp://127.0.0.1:%d
        proxy.p.window = 16
        """
            .formatted(proxy, tokens));
    System.exit(reach(proxy) ? Exit.OK : Exit.PROBLEM);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void run(String settings) throws IOException {
    Path file = Files.createTempFile("lbtk", ".properties");
    file.toFile().deleteOnExit();
    Files.writeString(file, settings);
    Thread thread = new Thread(() -> Main.execute(file.toString()), "archive-training");
    thread.setDaemon(true);
    thread.start();
  }

  private static boolean reach(int port) throws InterruptedException {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < PATIENCE) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(5000);
        socket.getOutputStream().write('x');
        if (socket.getInputStream().read() == 'x') {
          return true;
        }
      } catch (IOException e) {
        // Not listening yet.
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return false;
  }
}

package io.lbtk.proxy.splice;

import io.lbtk.api.StartException;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The listening sockets passed to this process by systemd or a compatible supervisor through {@code
 * LISTEN_PID} and {@code LISTEN_FDS}, see sd_listen_fds(3).
 */
final class ActivatedSockets {

  private static final int FIRST = 3;
  private static final int MOST = 1024;
  private static final String FLAGS = "flags:";
  private static final int O_NONBLOCK = 04000;

  /** One instance per process, as a file descriptor must not be taken twice. */
  private static final ActivatedSockets OF_THIS_PROCESS =
      new ActivatedSockets(System.getenv(), ProcessHandle.current().pid());

  private final List<Socket> sockets = new ArrayList<>();

  /**
   * Creates the sockets of a process.
   *
   * @param environment the environment of the process
   * @param pid the id of the process
   */
  ActivatedSockets(Map<String, String> environment, long pid) {
    if (!String.valueOf(pid).equals(environment.get("LISTEN_PID"))) {
      return;
    }
    int count = count(environment.getOrDefault("LISTEN_FDS", ""));
    for (int i = 0; i < count; i++) {
      sockets.add(new Socket(FIRST + i));
    }
  }

  private static int count(String text) {
    try {
      return Math.max(0, Math.min(MOST, Integer.parseInt(text)));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  static ActivatedSockets ofThisProcess() {
    return OF_THIS_PROCESS;
  }

  /**
   * Takes the sockets that listen on an address. Each socket is returned only once.
   *
   * @param who the component that asks, for errors
   * @throws StartException if one of them would block a loop
   */
  synchronized List<Socket> take(String who, InetSocketAddress address) {
    List<Socket> found =
        sockets.stream().filter(socket -> ListeningSockets.isOn(socket, address)).toList();
    found.forEach(socket -> checkNonBlocking(who, socket));
    sockets.removeAll(found);
    return found;
  }

  private static void checkNonBlocking(String who, Socket socket) {
    try {
      if (isNonBlocking(socket)) {
        return;
      }
    } catch (IOException | NumberFormatException e) {
      throw unusable(who, socket, "cannot read its blocking mode: " + e);
    }
    throw unusable(who, socket, "blocking mode (expected: NonBlocking=true in the service unit)");
  }

  private static boolean isNonBlocking(Socket socket) throws IOException {
    Path facts = Path.of("/proc/self/fdinfo", String.valueOf(socket.intValue()));
    return Files.readAllLines(facts).stream()
        .filter(line -> line.startsWith(FLAGS))
        .map(line -> Integer.parseInt(line.substring(FLAGS.length()).strip(), 8))
        .anyMatch(flags -> (flags & O_NONBLOCK) != 0);
  }

  private static StartException unusable(String who, Socket socket, String why) {
    return new StartException(
        "%s cannot use the activated socket %d on %s: %s"
            .formatted(who, socket.intValue(), socket.localAddress(), why));
  }
}

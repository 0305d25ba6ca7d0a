package io.lbtk.proxy.splice;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening socket from which one or more loops accept. Thread-safe. */
public final class ListeningSocket {

  private static final Logger log = LoggerFactory.getLogger(ListeningSocket.class);

  private final Socket socket;
  private final AtomicInteger users;

  /** Creates a socket that is closed by the last of its {@code users} that {@link #release}s it. */
  ListeningSocket(Socket socket, int users) {
    this.socket = socket;
    this.users = new AtomicInteger(users);
  }

  /**
   * Distributes sockets over loops so that every loop has a socket and every socket is used.
   *
   * @return as many as there are sockets or loops, whichever is more; a socket may occur several
   *     times
   */
  static List<ListeningSocket> deal(List<? extends Socket> sockets, int loops) {
    int count = Math.max(sockets.size(), loops);
    List<ListeningSocket> distinct = new ArrayList<>();
    for (int i = 0; i < sockets.size(); i++) {
      int users = (count - i + sockets.size() - 1) / sockets.size();
      distinct.add(new ListeningSocket(sockets.get(i), users));
    }
    return IntStream.range(0, count).mapToObj(i -> distinct.get(i % distinct.size())).toList();
  }

  Socket socket() {
    return socket;
  }

  /** Returns the bound address, with the actual port. */
  public InetSocketAddress address() {
    return socket.localAddress();
  }

  /** Releases the socket for one user; the last one closes it. */
  public void release() {
    if (users.decrementAndGet() == 0) {
      try {
        socket.close();
      } catch (IOException e) {
        log.debug("failed to close listening socket: {}", e.toString());
      }
    }
  }
}

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

/** A socket that listens, from which one loop or several accept. Thread-safe. */
public final class ListeningSocket {

  private static final Logger log = LoggerFactory.getLogger(ListeningSocket.class);

  private final Socket socket;
  private final AtomicInteger users;

  /** A socket that is closed by the last of so many who {@link #release} it. */
  ListeningSocket(Socket socket, int users) {
    this.socket = socket;
    this.users = new AtomicInteger(users);
  }

  /**
   * Deals sockets to loops, so that each loop and each socket has its turn.
   *
   * @return as many as there are of what is more; a socket may be there several times
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

  /** Where it listens, with the real port. */
  public InetSocketAddress address() {
    return socket.localAddress();
  }

  /** One does not use it any more: the last one closes it. */
  public void release() {
    if (users.decrementAndGet() == 0) {
      try {
        socket.close();
      } catch (IOException e) {
        log.debug("a listening socket did not close well: {}", e.toString());
      }
    }
  }
}

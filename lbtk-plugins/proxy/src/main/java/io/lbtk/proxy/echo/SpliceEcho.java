package io.lbtk.proxy.echo;

import io.lbtk.api.StartException;
import io.lbtk.net.ListenAddress;
import io.lbtk.net.LoopGroup;
import io.lbtk.proxy.splice.ListeningSocket;
import io.lbtk.proxy.splice.ListeningSockets;
import io.lbtk.proxy.splice.PipeSize;
import io.lbtk.proxy.splice.SocketAcceptor;
import io.netty.channel.epoll.EpollIoHandler;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The echo server on sockets of Netty's epoll loops: see {@link SplicedConnection}. Each loop has
 * its own listening socket for each address.
 */
final class SpliceEcho implements RunningEcho {

  private final LoopGroup<SpliceEchoLoop> threads;
  private final List<InetSocketAddress> addresses;

  /**
   * Accepts connections.
   *
   * @param sockets the listening sockets: for each address, one for each loop
   */
  private SpliceEcho(
      String name,
      List<ListenAddress> listen,
      List<List<ListeningSocket>> sockets,
      int count,
      Greeting greeting) {
    this.addresses = sockets.stream().map(each -> each.get(0).address()).toList();
    this.threads = new LoopGroup<>(name, count, EpollIoHandler.newFactory());
    PipeSize pipeSize = PipeSize.find();
    for (int i = 0; i < count; i++) {
      threads.add(loop -> new SpliceEchoLoop(loop, pipeSize, greeting));
    }
    List<SpliceEchoLoop> loops = threads.members();
    for (int i = 0; i < sockets.size(); i++) {
      List<ListeningSocket> each = sockets.get(i);
      for (int j = 0; j < each.size(); j++) {
        accept(name, listen.get(i), each.get(j), loops.get(j % count));
      }
    }
  }

  private static void accept(
      String name, ListenAddress address, ListeningSocket socket, SpliceEchoLoop loop) {
    SocketAcceptor acceptor =
        new SocketAcceptor(name, address, loop::begin, loop.sockets(), socket);
    CompletableFuture.runAsync(() -> loop.accept(acceptor), loop.executor()).join();
  }

  /**
   * Binds all addresses and accepts connections.
   *
   * @throws StartException if one cannot be bound; none stays bound then
   */
  static SpliceEcho start(
      String name, List<ListenAddress> addresses, int loops, Greeting greeting) {
    List<List<ListeningSocket>> sockets = new ArrayList<>();
    try {
      for (ListenAddress address : addresses) {
        sockets.add(ListeningSockets.open(name, address, loops, false));
      }
    } catch (StartException e) {
      sockets.forEach(each -> each.forEach(ListeningSocket::release));
      throw e;
    }
    return new SpliceEcho(name, addresses, sockets, loops, greeting);
  }

  @Override
  public List<InetSocketAddress> addresses() {
    return addresses;
  }

  @Override
  public void close() {
    threads.close();
  }
}

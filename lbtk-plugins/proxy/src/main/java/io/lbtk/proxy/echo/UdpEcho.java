package io.lbtk.proxy.echo;

import io.lbtk.api.StartException;
import io.lbtk.net.ListenAddress;
import io.lbtk.proxy.udp.UdpEngine;
import io.lbtk.proxy.udp.UdpSocket;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The UDP echo server: a socket for each address and, if ports can be shared, for each event loop.
 */
final class UdpEcho implements RunningEcho {

  private final MultiThreadIoEventLoopGroup group;
  private final List<InetSocketAddress> addresses;
  private final List<Runnable> closes = new ArrayList<>();

  /** Receives on all sockets, of which there is a list for each address. */
  private UdpEcho(String name, UdpEngine engine, List<List<UdpSocket>> sockets, int loops) {
    this.addresses = sockets.stream().map(each -> each.get(0).localAddress()).toList();
    this.group =
        new MultiThreadIoEventLoopGroup(loops, new DefaultThreadFactory(name), engine.ioHandlers());
    sockets.forEach(ofAddress -> ofAddress.forEach(socket -> begin(name, socket)));
  }

  private void begin(String name, UdpSocket socket) {
    IoEventLoop loop = group.next();
    DatagramEcho echo = new DatagramEcho(name, socket, addresses);
    closes.add(() -> CompletableFuture.runAsync(socket::close, loop).join());
    CompletableFuture.runAsync(() -> socket.register(loop, echo), loop).join();
  }

  /**
   * Binds all addresses and receives datagrams.
   *
   * @throws StartException if one cannot be bound; none stays bound then
   */
  static UdpEcho start(String name, UdpEngine engine, List<ListenAddress> addresses, int loops) {
    List<List<UdpSocket>> sockets = new ArrayList<>();
    try {
      for (ListenAddress address : addresses) {
        sockets.add(engine.bindAll(name, address, loops));
      }
    } catch (StartException e) {
      sockets.forEach(ofAddress -> ofAddress.forEach(UdpSocket::close));
      throw e;
    }
    return new UdpEcho(name, engine, sockets, loops);
  }

  @Override
  public List<InetSocketAddress> addresses() {
    return addresses;
  }

  @Override
  public void close() {
    closes.forEach(Runnable::run);
    group.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}

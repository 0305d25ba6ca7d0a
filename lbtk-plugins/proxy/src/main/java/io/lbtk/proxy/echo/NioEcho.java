package io.lbtk.proxy.echo;

import io.lbtk.api.StartException;
import io.lbtk.net.ListenAddress;
import io.lbtk.net.Listener;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The echo server on Netty's NIO channels. */
final class NioEcho implements RunningEcho {

  private final List<Listener> listeners = new ArrayList<>();
  private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final EventLoopGroup group;
  private final Greeting greeting;

  private NioEcho(String name, int loops, Greeting greeting) {
    this.greeting = greeting;
    this.group =
        new MultiThreadIoEventLoopGroup(
            loops, new DefaultThreadFactory(name), NioIoHandler.newFactory());
  }

  /**
   * Binds all addresses and accepts connections.
   *
   * @throws StartException if one cannot be bound; none stays bound then
   */
  static NioEcho start(String name, List<ListenAddress> addresses, int loops, Greeting greeting) {
    NioEcho echo = new NioEcho(name, loops, greeting);
    try {
      for (ListenAddress address : addresses) {
        echo.listeners.add(Listener.bind(name, address, echo.group.next(), echo::begin));
      }
      return echo;
    } catch (StartException e) {
      echo.close();
      throw e;
    }
  }

  private void begin(SocketChannel accepted) {
    clients.add(accepted);
    accepted.config().setAutoRead(false);
    accepted.config().setAllowHalfClosure(true);
    accepted.pipeline().addLast(new EchoHandler(greeting));
    group.register(accepted);
  }

  @Override
  public List<InetSocketAddress> addresses() {
    return listeners.stream().map(Listener::address).toList();
  }

  @Override
  public void close() {
    listeners.forEach(Listener::close);
    clients.close().awaitUninterruptibly();
    group.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}

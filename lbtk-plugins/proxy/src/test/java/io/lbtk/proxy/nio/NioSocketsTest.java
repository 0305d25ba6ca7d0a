package io.lbtk.proxy.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.proxy.tcp.Attempt;
import io.lbtk.testkit.ClosedPort;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class NioSocketsTest {

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @AfterEach
  void end() {
    group.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aPortThatIsUsedForTheSameTargetIsToldFromARefusal() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      SocketAddress target = server.getLocalSocketAddress();
      ChannelFuture first =
          connect(target, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      assertThat(first.isSuccess()).isTrue();

      ChannelFuture second = connect(target, first.channel().localAddress());

      assertThat(Attempt.isOutOfPorts(second.cause())).isTrue();
    }
  }

  @Test
  void aRefusalIsNone() throws Exception {
    try (ClosedPort closed = new ClosedPort()) {
      ChannelFuture refused =
          connect(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), closed.target().port()),
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

      assertThat(Attempt.isOutOfPorts(refused.cause())).isFalse();
    }
  }

  private ChannelFuture connect(SocketAddress target, SocketAddress from) {
    return new Bootstrap()
        .group(group)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.SO_REUSEADDR, true)
        .handler(new ChannelInboundHandlerAdapter())
        .connect(target, from)
        .awaitUninterruptibly();
  }

  /** As the system does by chance, once in some ten thousand connects to such a port. */
  private ChannelFuture connectToItself() {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    SocketChannel channel = NioSockets.open(new InetSocketAddress(loopback, 1));
    group.next().register(channel).syncUninterruptibly();
    channel.bind(new InetSocketAddress(loopback, 0)).syncUninterruptibly();
    return channel.connect(channel.localAddress()).awaitUninterruptibly();
  }

  @Test
  void aTargetThatIsTheSocketItselfRefuses() {
    assertThat(connectToItself().cause())
        .isInstanceOf(ConnectException.class)
        .hasMessageStartingWith("Connection refused");
  }

  @Test
  void thePortOfAConnectionToItselfIsFreeAfterwards() {
    SocketChannel channel = (SocketChannel) connectToItself().channel();
    assertThat(channel.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
    InetSocketAddress address = channel.localAddress();
    // What remains of a connection that was closed in order takes the port for a minute.
    await().atMost(Duration.ofSeconds(20)).until(() -> canListenOn(address));
  }

  private static boolean canListenOn(InetSocketAddress address) {
    try (ServerSocket server = new ServerSocket()) {
      server.bind(address);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}

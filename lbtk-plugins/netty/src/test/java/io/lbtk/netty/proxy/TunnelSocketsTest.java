package io.lbtk.netty.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TunnelSocketsTest {

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @AfterEach
  void close() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
  }

  /** As the system does by chance, once in some ten thousand connects to such a port. */
  private ChannelFuture connectToItself() {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    SocketChannel channel = TunnelSockets.open(new InetSocketAddress(loopback, 1));
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
    channel.closeFuture().awaitUninterruptibly();
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

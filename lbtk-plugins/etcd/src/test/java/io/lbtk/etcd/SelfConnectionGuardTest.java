package io.lbtk.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SelfConnectionGuardTest {

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @AfterEach
  void end() {
    group.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void aConnectionToItselfIsClosedAndLeavesThePortFree() {
    Channel channel =
        new Bootstrap()
            .group(group)
            .channel(NioSocketChannel.class)
            .handler(new EtcdServersBuilder.SelfConnectionGuard())
            .register()
            .syncUninterruptibly()
            .channel();
    channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).syncUninterruptibly();
    SocketAddress own = channel.localAddress();

    channel.connect(own).awaitUninterruptibly();

    assertThat(channel.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
    // What remains of a connection that was closed in order takes the port for a minute.
    await().atMost(Duration.ofSeconds(20)).until(() -> canListenOn(own));
  }

  private static boolean canListenOn(SocketAddress address) {
    try (ServerSocket server = new ServerSocket()) {
      server.setReuseAddress(false);
      server.bind(address);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}

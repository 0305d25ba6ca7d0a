package io.lbtk.tokenport.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.testkit.ClosedPort;
import io.lbtk.tokenport.zmtp.SocketType;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ZmtpConnectorTest {

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ClientNetwork network = new ClientNetwork();
  private final CapturedLog log = new CapturedLog();

  @AfterEach
  void close() {
    network.close();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    log.close();
  }

  @Test
  void aConnectionToItselfIsNoTokenPort() {
    try (ClosedPort port = new ClosedPort()) {
      int number = port.target().port();
      ZmtpConnector connector =
          new ZmtpConnector(
              group.next(),
              new PortAddress("127.0.0.1", number),
              "the port",
              network,
              SocketType.DEALER,
              SocketType.ROUTER,
              bootstrap ->
                  bootstrap
                      .option(ChannelOption.SO_REUSEADDR, true)
                      .localAddress("127.0.0.1", number),
              ChannelInboundHandlerAdapter::new);
      group.next().execute(connector::start);
      await().until(() -> !log.lines().isEmpty());
      assertThat(log.lines().get(0))
          .startsWith("WARN the port: cannot connect: Connection refused");
      assertThat(network.logs()).isEqualTo(1);
      group.next().execute(connector::stop);
      group.next().execute(connector::stop);
      await().until(() -> network.logs() == 0);
    }
  }

  @Test
  void theWordsOfTheSystemAreShownWithoutThoseOfNetty() {
    assertThat(
            ZmtpConnector.message(
                new ConnectException(
                    "finishConnect(..) failed with error(-111): Connection refused: /10.0.0.1:1")))
        .isEqualTo("Connection refused: /10.0.0.1:1");
    assertThat(ZmtpConnector.message(new IOException("finishConnect(..) is odd")))
        .isEqualTo("finishConnect(..) is odd");
    assertThat(ZmtpConnector.message(new IOException())).isEqualTo("IOException");
  }
}

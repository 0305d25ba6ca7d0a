package io.lbtk.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Outcome.Kind;
import io.lbtk.testkit.Backend;
import io.lbtk.testkit.Pattern;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class TcpSpliceProxyTest extends TcpProxyTest {

  @Override
  TcpProxy.Builder newBuilder() {
    return TcpProxy.splice();
  }

  @Test
  void theSystemBreaksAConnectionToAClientThatTakesNothingForTheUserTimeout() throws Exception {
    Backend endless =
        open(new Backend(socket -> new Pattern(1).writeTo(socket.getOutputStream(), 1L << 40)));
    tokens.always(endless.target());
    TcpProxy proxy = start(builder().userTimeout(Duration.ofMillis(500)));
    Socket client = connect(proxy);

    tokens.awaitReleases(1);

    assertThat(client.isConnected()).isTrue();
    assertThat(tokens.kinds()).containsExactly(Kind.RESET);
  }

  @Test
  void theSystemBreaksAConnectionToATargetThatTakesNothingForTheUserTimeout() throws Exception {
    Backend silent = open(Backend.silent());
    tokens.always(silent.target());
    TcpProxy proxy = start(builder().userTimeout(Duration.ofMillis(500)));
    Socket client = connect(proxy);
    sendForEver(client);

    tokens.awaitReleases(1);

    assertThat(tokens.kinds()).containsExactly(Kind.RESET);
    await().atMost(Duration.ofSeconds(30)).until(() -> proxy.connections() == 0);
  }

  @Test
  void whatManyClientsHaveNotReadYetArrivesThoughPipesRunOut() throws Exception {
    long length = 6_000_000;
    Pattern sent = new Pattern(1);
    Backend generous = open(new Backend(socket -> sent.writeTo(socket.getOutputStream(), length)));
    tokens.always(generous.target());
    TcpProxy proxy = start(builder().loops(1));
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      clients.add(connect(proxy));
    }

    for (Socket client : clients) {
      assertThat(sent.readFrom(client.getInputStream(), 0, Long.MAX_VALUE)).isEqualTo(length);
    }
  }
}

package io.lbtk.netty.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Target;
import io.lbtk.netty.NoLeaks;
import io.lbtk.testkit.EchoBackend;
import io.lbtk.testkit.FakeTokenSource;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Targets whose host is a name, asked for at a real name server. */
@ExtendWith(NoLeaks.class)
class NamedTargetTest {

  private final FakeTokenSource tokens = new FakeTokenSource();
  private final EchoBackend echo = new EchoBackend();
  private TestNameServer names;
  private TcpProxy proxy;

  @BeforeEach
  void start() throws IOException {
    names = new TestNameServer();
    proxy =
        TcpProxy.nio()
            .listen("127.0.0.1:0")
            .tokens(tokens)
            .loops(1)
            .attempts(1)
            .nameServers(new SingletonDnsServerAddressStreamProvider(names.address()))
            .build();
    proxy.start();
  }

  @AfterEach
  void close() {
    proxy.close();
    names.close();
    echo.close();
    assertThat(tokens.live()).isZero();
  }

  @Test
  void everyAddressOfTheNameIsTriedWithinOneAttempt() throws Exception {
    names.knows("service.test", 60, "127.0.0.2", "127.0.0.3", "127.0.0.1");
    tokens.always(Target.of("service.test", echo.target().port()));

    assertThat(exchange()).isEqualTo(7);

    assertThat(tokens.taken()).hasSize(1);
    tokens.awaitReleases(1);
    assertThat(tokens.kinds()).containsExactly(Kind.CLOSED);
  }

  @Test
  void anAnswerIsKeptForItsTimeToLive() throws Exception {
    names.knows("service.test", 600, "127.0.0.1");
    tokens.always(Target.of("service.test", echo.target().port()));

    for (int i = 0; i < 5; i++) {
      assertThat(exchange()).isEqualTo(7);
    }

    assertThat(names.questions()).isEqualTo(1);
  }

  @Test
  void anAnswerThatMayNotBeKeptIsAskedForAgain() throws Exception {
    names.knows("service.test", 0, "127.0.0.1");
    tokens.always(Target.of("service.test", echo.target().port()));

    assertThat(exchange()).isEqualTo(7);
    assertThat(exchange()).isEqualTo(7);

    assertThat(names.questions()).isEqualTo(2);
  }

  @Test
  void anUnknownNameIsRefused() throws Exception {
    tokens.always(Target.of("nobody.test", 80));

    assertThat(exchange()).isEqualTo(-1);

    tokens.awaitReleases(1);
    assertThat(tokens.kinds()).containsExactly(Kind.REFUSED);
  }

  private int exchange() throws IOException {
    try (Socket client = new Socket(proxy.address().getAddress(), proxy.address().getPort())) {
      client.setSoTimeout(30_000);
      client.getOutputStream().write(7);
      return client.getInputStream().read();
    }
  }
}

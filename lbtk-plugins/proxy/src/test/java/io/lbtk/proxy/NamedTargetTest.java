package io.lbtk.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Target;
import io.lbtk.net.IpV6;
import io.lbtk.net.NoLeaks;
import io.lbtk.proxy.echo.EchoServer;
import io.lbtk.testkit.EchoBackend;
import io.lbtk.testkit.FakeTokenSource;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets whose host is a name, asked for at a real name server. */
@ExtendWith(NoLeaks.class)
class NamedTargetTest {

  private final FakeTokenSource tokens = new FakeTokenSource();
  private final EchoBackend echo = new EchoBackend();
  private TestNameServer names;
  private @Nullable TcpProxy proxy;

  @BeforeEach
  void start() throws IOException {
    names = new TestNameServer();
    start(names);
  }

  /** Starts a proxy that asks these servers, in their order. */
  private void start(TestNameServer... servers) {
    if (proxy != null) {
      proxy.close();
    }
    proxy =
        TcpProxy.nio()
            .listen("127.0.0.1:0")
            .tokens(tokens)
            .loops(1)
            .attempts(1)
            .nameServers(
                new SequentialDnsServerAddressStreamProvider(
                    Arrays.stream(servers).map(TestNameServer::address).toList()))
            .build();
    proxy.start();
  }

  @AfterEach
  void close() throws IOException {
    Objects.requireNonNull(proxy).close();
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
  void anotherNameServerIsAskedWhereTheFirstIsSilent() throws Exception {
    try (TestNameServer silent = new TestNameServer().silent()) {
      names.knows("service.test", 60, "127.0.0.1");
      tokens.always(Target.of("service.test", echo.target().port()));
      start(silent, names);

      assertThat(exchange()).isEqualTo(7);
    }
  }

  @Test
  void aQuestionForIpv6ThatIsNeverAnsweredFailsNothing() throws Exception {
    names.knows("service.test", 60, "127.0.0.1").ignoringIpv6();
    tokens.always(Target.of("service.test", echo.target().port()));

    assertThat(exchange()).isEqualTo(7);
    assertThat(exchange()).isEqualTo(7);
  }

  @Test
  void questionsThatAreLostAreAskedAgain() throws Exception {
    names.knows("service.test", 60, "127.0.0.1").losing(3);
    tokens.always(Target.of("service.test", echo.target().port()));

    assertThat(exchange()).isEqualTo(7);
  }

  @Test
  void anAnswerThatWasTruncatedIsAskedForAgainOverTcp() throws Exception {
    names.knows("service.test", 60, "127.0.0.2", "127.0.0.3", "127.0.0.1").truncating();
    tokens.always(Target.of("service.test", echo.target().port()));

    assertThat(exchange()).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"six.test", "localhost"})
  void addressesOfIpv6AreUsedWhereNobodyListensAtThoseOfIpv4(String host) throws Exception {
    assertThat(IpV6.loopback()).isNotNull();
    try (EchoServer six = EchoServer.builder().listen("[::1]:0").loops(1).build()) {
      six.start();
      names.knows("six.test", 60, "127.0.0.1", "::1");
      tokens.always(Target.of(host, six.addresses().get(0).getPort()));

      assertThat(exchange()).isEqualTo(7);
    }
  }

  @Test
  void anUnknownNameIsRefused() throws Exception {
    tokens.always(Target.of("nobody.test", 80));

    assertThat(exchange()).isEqualTo(-1);

    tokens.awaitReleases(1);
    assertThat(tokens.kinds()).containsExactly(Kind.REFUSED);
  }

  private int exchange() throws IOException {
    InetSocketAddress address = Objects.requireNonNull(proxy).address();
    try (Socket client = new Socket(address.getAddress(), address.getPort())) {
      client.setSoTimeout(30_000);
      client.getOutputStream().write(7);
      return client.getInputStream().read();
    }
  }
}

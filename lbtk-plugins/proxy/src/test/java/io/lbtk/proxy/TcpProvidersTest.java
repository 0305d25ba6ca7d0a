package io.lbtk.proxy;

import static io.lbtk.proxy.ProxySettings.provider;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.api.Demand;
import io.lbtk.api.Option;
import io.lbtk.api.Proxy;
import io.lbtk.api.Settings;
import io.lbtk.proxy.limits.RetryRate;
import io.lbtk.proxy.token.DemandKey;
import io.lbtk.testkit.EchoBackend;
import io.lbtk.testkit.FakeTokenSource;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.TestContext;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TcpProvidersTest {

  private final ProxySettings file = new ProxySettings();

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "tcp-nio", "tcp-splice"})
  void aProxyIsFoundByItsNameAndMadeOfSettings(String name) throws IOException {
    assumeTrue(!name.equals("tcp-splice") || Epoll.isAvailable(), "there is no splice here");
    FakeTokenSource tokens = new FakeTokenSource();
    TestContext context =
        new TestContext("proxy.front", new ManualClock()).withTokenSource("main", () -> tokens);
    Settings settings =
        file.bindAll(
            provider(name),
            "listen = 127.0.0.1:0",
            "tokens = main",
            "loops = 1",
            "attempts = 2",
            "attempts-timeout = 9s",
            "connect-timeout = 4s",
            "token-timeout = 7s",
            "idle-timeout = 0s",
            "fin-timeout = 20s",
            "retry-budget = 50% + 5/s",
            "bandwidth-up = 1MiB/s",
            "bandwidth-down = 2MiB/s",
            "total-bandwidth-up = 10MiB/s",
            "total-bandwidth-down = 20MiB/s",
            "key = client-address");

    try (EchoBackend echo = new EchoBackend();
        Proxy proxy = provider(name).create(settings, context)) {
      tokens.always(echo.target());
      proxy.start();
      InetSocketAddress address = (InetSocketAddress) proxy.address();
      try (Socket client = new Socket(address.getAddress(), address.getPort())) {
        client.getOutputStream().write(7);
        assertThat(client.getInputStream().read()).isEqualTo(7);
      }
    }
    Demand demand = tokens.demands().get(0);
    assertThat(demand.key()).contains("127.0.0.1");
    assertThat(demand.timeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(tokens.isClosed()).as("the proxy's own source").isTrue();
    assertThat(tokens.live()).isZero();
  }

  @Test
  void theDefaultsAreThoseOfTheBuilder() {
    Settings settings = file.bindAll(provider("tcp"), "listen = 127.0.0.1:0", "tokens = main");

    assertThat(settings.get(TcpOptions.ATTEMPTS)).isEqualTo(3);
    assertThat(settings.get(TcpOptions.RETRY_BUDGET)).isEqualTo(RetryRate.DEFAULT);
    assertThat(settings.get(TcpOptions.IDLE_TIMEOUT)).isEqualTo(Duration.ofMinutes(10));
    assertThat(settings.get(ProxyOptions.KEY)).isEqualTo(DemandKey.NONE);
  }

  @Test
  void whatIsWrongIsAProblemOfTheSettings() {
    file.bind(
        provider("tcp"),
        "listen = 127.0.0.1",
        "attempts = 0",
        "retry-budget = much",
        "connect-timeout = 0s",
        "user-timeout = 48h",
        "bandwidth-up = 5/s",
        "key = client-port");

    assertThat(file.problems())
        .anyMatch(problem -> problem.contains("listen") && problem.contains("host:port"))
        .anyMatch(problem -> problem.contains("attempts"))
        .anyMatch(problem -> problem.contains("retry-budget") && problem.contains("20% + 10/s"))
        .anyMatch(problem -> problem.contains("connect-timeout"))
        .anyMatch(problem -> problem.contains("user-timeout") && problem.contains("a day"))
        .anyMatch(problem -> problem.contains("bandwidth-up") && problem.contains("1024"))
        .anyMatch(problem -> problem.contains("key"))
        .anyMatch(problem -> problem.contains("tokens"));
  }

  @Test
  void everyOptionSaysWhatItIs() {
    assertThat(provider("tcp-nio").options()).extracting(Option::doc).doesNotContain("");
    assertThat(provider("tcp").doc()).isNotEmpty();
  }
}

package io.lbtk.netty.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.api.Demand;
import io.lbtk.api.Option;
import io.lbtk.api.Provider;
import io.lbtk.api.Proxy;
import io.lbtk.api.ProxyProvider;
import io.lbtk.api.Settings;
import io.lbtk.core.settings.Entry;
import io.lbtk.core.settings.Problems;
import io.lbtk.core.settings.SettingsBinder;
import io.lbtk.testkit.EchoBackend;
import io.lbtk.testkit.FakeTokenSource;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.TestContext;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TcpProvidersTest {

  private final Problems problems = new Problems();

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "tcp-nio", "tcp-splice"})
  void aProxyIsFoundByItsNameAndMadeOfSettings(String name) throws IOException {
    assumeTrue(!name.equals("tcp-splice") || Epoll.isAvailable(), "there is no splice here");
    FakeTokenSource tokens = new FakeTokenSource();
    TestContext context =
        new TestContext("proxy.front", new ManualClock()).withTokenSource("main", () -> tokens);
    Settings settings =
        bind(
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
            "key = client-address");
    problems.throwIfAny();

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
    assertThat(demand.within()).isEqualTo(Duration.ofSeconds(7));
    assertThat(tokens.isClosed()).as("the proxy's own source").isTrue();
    assertThat(tokens.live()).isZero();
  }

  @Test
  void theDefaultsAreThoseOfTheBuilder() {
    Settings settings = bind(provider("tcp"), "listen = 127.0.0.1:0", "tokens = main");
    problems.throwIfAny();

    assertThat(settings.get(TcpOptions.ATTEMPTS)).isEqualTo(3);
    assertThat(settings.get(TcpOptions.RETRY_BUDGET)).isEqualTo(RetryRate.DEFAULT);
    assertThat(settings.get(TcpOptions.IDLE_TIMEOUT)).isEqualTo(Duration.ofMinutes(10));
    assertThat(settings.get(TcpOptions.KEY)).isEqualTo(DemandKey.NONE);
  }

  @Test
  void whatIsWrongIsAProblemOfTheSettings() {
    bind(
        provider("tcp"),
        "listen = 127.0.0.1",
        "attempts = 0",
        "retry-budget = much",
        "connect-timeout = 0s",
        "key = client-port");

    assertThat(problems.list())
        .anyMatch(problem -> problem.contains("listen") && problem.contains("host:port"))
        .anyMatch(problem -> problem.contains("attempts"))
        .anyMatch(problem -> problem.contains("retry-budget") && problem.contains("20% + 10/s"))
        .anyMatch(problem -> problem.contains("connect-timeout"))
        .anyMatch(problem -> problem.contains("key"))
        .anyMatch(problem -> problem.contains("tokens"));
  }

  @Test
  void everyOptionSaysWhatItIs() {
    assertThat(provider("tcp-nio").options()).extracting(Option::doc).doesNotContain("");
    assertThat(provider("tcp").doc()).isNotEmpty();
  }

  private static ProxyProvider provider(String name) {
    return ServiceLoader.load(ProxyProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter((Provider<Proxy> provider) -> provider.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private Settings bind(ProxyProvider provider, String... lines) {
    List<Entry> entries = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.split(" = ", 2);
      entries.add(
          new Entry("a.properties", entries.size() + 1, "proxy.front." + words[0], words[1]));
    }
    return new SettingsBinder(entries, name -> null, problems)
        .sections("proxy")
        .get(0)
        .bind(provider.options());
  }
}

package io.lbtk.proxy;

import static io.lbtk.proxy.ProxySettings.provider;
import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Demand;
import io.lbtk.api.Option;
import io.lbtk.api.Proxy;
import io.lbtk.api.Settings;
import io.lbtk.net.UdpClient;
import io.lbtk.testkit.FakeTokenSource;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.TestContext;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class UdpProxyProviderTest {

  private final ProxySettings file = new ProxySettings();

  @Test
  void aProxyIsFoundByItsNameAndMadeOfSettings() throws Exception {
    FakeTokenSource tokens = new FakeTokenSource();
    TestContext context =
        new TestContext("proxy.front", new ManualClock()).withTokenSource("main", () -> tokens);
    Settings settings =
        file.bindAll(
            provider("udp"),
            "listen = 127.0.0.1:0",
            "tokens = main",
            "loops = 1",
            "token-timeout = 7s",
            "idle-timeout = 40s",
            "max-sessions = 10",
            "responses = 1",
            "key = client-address");

    try (UdpBackend echo = UdpBackend.echo();
        Proxy proxy = provider("udp").create(settings, context)) {
      tokens.always(echo.target());
      proxy.start();
      try (UdpClient client = new UdpClient((InetSocketAddress) proxy.address())) {
        assertThat(client.exchange("a")).isEqualTo("a");
        tokens.awaitReleases(1);
      }
    }
    Demand demand = tokens.demands().get(0);
    assertThat(demand.key()).contains("127.0.0.1");
    assertThat(demand.timeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(tokens.isClosed()).as("the proxy's own source").isTrue();
  }

  @Test
  void theDefaultsAreThoseOfTheGuide() {
    Settings settings = file.bindAll(provider("udp"), "listen = 127.0.0.1:0", "tokens = main");

    assertThat(settings.get(UdpOptions.IDLE_TIMEOUT)).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.find(UdpOptions.MAX_SESSIONS)).isEmpty();
    assertThat(settings.find(UdpOptions.RESPONSES)).isEmpty();
  }

  @Test
  void whatIsWrongIsAProblemOfTheSettings() {
    file.bind(
        provider("udp"),
        "listen = 127.0.0.1",
        "idle-timeout = 0s",
        "max-sessions = 0",
        "responses = 0");

    assertThat(file.problems())
        .anyMatch(problem -> problem.contains("listen") && problem.contains("host:port"))
        .anyMatch(problem -> problem.contains("idle-timeout"))
        .anyMatch(problem -> problem.contains("max-sessions"))
        .anyMatch(problem -> problem.contains("responses"))
        .anyMatch(problem -> problem.contains("tokens"));
  }

  @Test
  void everyOptionSaysWhatItIs() {
    assertThat(provider("udp").options()).extracting(Option::doc).doesNotContain("");
  }
}

package io.lbtk.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.core.settings.Entry;
import io.lbtk.core.settings.Problems;
import io.lbtk.core.settings.SettingsBinder;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.RecordingListener;
import io.lbtk.testkit.TestContext;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesRefresherProviderTest {

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock();

  private Refresher create(KubernetesRefresherProvider provider, String... values) {
    List<Entry> entries = new ArrayList<>();
    for (String value : values) {
      String[] parts = value.split(" = ", 2);
      entries.add(Entry.argument(value, "refresher.a." + parts[0], parts[1]));
    }
    Problems problems = new Problems();
    Settings settings =
        new SettingsBinder(entries, name -> null, problems)
            .sections("refresher")
            .get(0)
            .bind(provider.options());
    problems.throwIfAny();
    return provider.create(settings, new TestContext("refresher.a", clock));
  }

  private KubernetesRefresherProvider inPod(Map<String, String> environment) {
    return new KubernetesRefresherProvider(
        new KubernetesRefresherProvider.ServiceAccount(environment, folder));
  }

  @Test
  void itIsFoundAndSaysWhatItIs() {
    RefresherProvider provider =
        ServiceLoader.load(RefresherProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.name().equals("kubernetes"))
            .findFirst()
            .orElseThrow();

    assertThat(provider.doc()).isNotBlank();
    assertThat(provider.options())
        .allSatisfy(option -> assertThat(option.doc()).as(option.name()).isNotBlank());
  }

  @Test
  void outsideOfAPodTheServerIsToBeNamed() {
    assertThatThrownBy(() -> create(inPod(Map.of()), "service = web"))
        .hasMessage(
            "refresher.a: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: not"
                + " running in a pod (expected: option url)");
  }

  @Test
  void aPodSaysWhereItsServerIs() {
    assertThat(
            new KubernetesRefresherProvider.ServiceAccount(
                    Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "443"),
                    folder)
                .url())
        .hasToString("https://[fd00::1]:443");
  }

  @Test
  void theNamespaceOfThePodCountsAndItsTokenIsNotSentInTheOpen() throws Exception {
    Files.writeString(folder.resolve("namespace"), "shop", UTF_8);
    Files.writeString(folder.resolve("token"), "secret", UTF_8);
    RecordingListener listener = new RecordingListener();
    try (ReplayedApi api = new ReplayedApi();
        Refresher refresher = create(inPod(Map.of()), "service = web", "url = " + api.url())) {
      api.put(
          "web-a",
          """
          "addressType":"IPv4","ports":[{"name":"","port":80}],
          "endpoints":[{"addresses":["10.0.0.1"]}]
          """);
      refresher.start(listener);
      awaitReport(listener);

      listener.awaitTargets("10.0.0.1:80");
      assertThat(api.tokens()).isNotEmpty().allMatch("null"::equals);
    }
  }

  @Test
  void inAPodItsServerItsTokenAndItsAuthoritiesCount() throws Exception {
    Files.writeString(folder.resolve("namespace"), "shop", UTF_8);
    Files.writeString(folder.resolve("token"), "secret", UTF_8);
    RecordingListener listener = new RecordingListener();
    try (ReplayedApi api = new ReplayedApi(showing("127.0.0.1"));
        Refresher refresher = create(inPodOf(api), "service = web")) {
      refresher.start(listener);
      awaitReport(listener);

      assertThat(listener.failures()).isEmpty();
      assertThat(api.tokens()).isNotEmpty().allMatch("Bearer secret"::equals);
    }
  }

  @Test
  void aServerThatShowsTheCertificateOfAnotherGetsNoToken() throws Exception {
    Files.writeString(folder.resolve("token"), "secret", UTF_8);
    RecordingListener listener = new RecordingListener();
    try (ReplayedApi api = new ReplayedApi(showing("10.1.2.3"));
        Refresher refresher = create(inPodOf(api), "service = web")) {
      refresher.start(listener);
      awaitReport(listener);

      assertThat(listener.failures().get(0).message())
          .contains("No subject alternative names matching");
      assertThat(api.tokens()).isEmpty();
    }
  }

  private KubernetesRefresherProvider inPodOf(ReplayedApi api) {
    return inPod(
        Map.of(
            "KUBERNETES_SERVICE_HOST",
            "127.0.0.1",
            "KUBERNETES_SERVICE_PORT",
            Integer.toString(api.url().getPort())));
  }

  /** Makes a server that this address is shown for, by an authority that the pod trusts. */
  private SSLContext showing(String address) throws Exception {
    X509Bundle authority =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=authority")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    Files.writeString(folder.resolve("ca.crt"), authority.getCertificatePEM(), UTF_8);
    X509Bundle bundle =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=server")
            .addSanIpAddress(address)
            .buildIssuedBy(authority);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(bundle.toKeyManagerFactory().getKeyManagers(), null, null);
    return context;
  }

  private void awaitReport(RecordingListener listener) {
    await()
        .until(
            () -> {
              clock.runDue();
              return !listener.reports().isEmpty();
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "a_b", "-a", "A", ""})
  void whatIsNoPortIsRefused(String port) {
    assertThatThrownBy(() -> KubernetesRefresherProvider.PORT.parse(port))
        .hasMessage("expected: the name of a port, or 1 to 65535");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "65535", "http", "http-2", "8080-tcp"})
  void aPortIsANameOrANumber(String port) {
    assertThat(KubernetesRefresherProvider.PORT.parse(port)).isEqualTo(port);
  }
}

package io.lbtk.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Provider;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Registrar;
import io.lbtk.api.RegistrarProvider;
import io.lbtk.api.SettingsException;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.TestContext;
import io.lbtk.testkit.TestSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EtcdProvidersTest {

  private static Stream<Provider<?>> providers() {
    return Stream.of(RefresherProvider.class, RegistrarProvider.class)
        .flatMap(type -> ServiceLoader.load(type).stream())
        .map(found -> (Provider<?>) found.get());
  }

  private static TestContext context(String name) {
    return new TestContext(name, new ManualClock());
  }

  private static TestSettings settings(String... keysAndValues) {
    Map<String, String> values = new HashMap<>();
    values.put("endpoints", "127.0.0.1:2379");
    values.put("prefix", "/web/");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return new TestSettings(values);
  }

  @Test
  void bothAreFound() {
    assertThat(providers().map(Provider::name)).containsExactly("etcd", "etcd");
  }

  @ParameterizedTest
  @MethodSource("providers")
  void eachSaysWhatItIsAndHidesThePassword(Provider<?> provider) {
    assertThat(provider.doc()).isNotBlank();
    assertThat(provider.options())
        .allSatisfy(option -> assertThat(option.doc()).as(option.name()).isNotBlank())
        .filteredOn(option -> option.isSecret())
        .extracting(option -> option.name())
        .containsExactly("password");
  }

  @Test
  void twoOptionsAreEnough() {
    try (Refresher refresher =
            new EtcdRefresherProvider().create(settings(), context("refresher.web"));
        Registrar registrar =
            new EtcdRegistrarProvider().create(settings(), context("register.web"))) {
      assertThat(refresher.mode()).isEqualTo(Refresher.Mode.PUSHED);
      assertThat(registrar).isNotNull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:2379, http://127.0.0.1:2379",
    "http://127.0.0.1:23790/, http://127.0.0.1:23790",
    "https://etcd.example.org, https://etcd.example.org:2379",
    "[::1]:2379, http://[::1]:2379",
    "etcd-1, http://etcd-1:2379",
    "etcd_1, http://etcd_1:2379",
    "http://etcd_1:23790/, http://etcd_1:23790"
  })
  void anEndpointIsAUrlOrAHostAndPerhapsAPort(String text, String url) {
    assertThat(EtcdEndpoint.parse(text)).hasToString(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a b",
        "http://",
        "ftp://a:1",
        "http://u:p@a:1",
        "http://a:1/x",
        "http://a:1?q",
        "a:b",
        "a:70000",
        "https://etcd_1:2379",
        "::1"
      })
  void whatIsNoEndpointIsRefused(String text) {
    assertThatThrownBy(() -> EtcdOptions.ENDPOINTS.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: ");
  }

  @ParameterizedTest
  @CsvSource({"/web/, /web/", "/web, /web/", "web2, web2/", "web-, web-", "web:, web:"})
  void aPrefixThatEndsInALetterOrADigitIsAFolder(String text, String prefix) {
    assertThat(EtcdOptions.PREFIX.parse(text)).hasToString(prefix);
  }

  @Test
  void aBlankPrefixIsRefused() {
    assertThatThrownBy(() -> EtcdOptions.PREFIX.parse(" "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected: a text such as /services/web/");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "user; web; refresher.web: user or password alone (expected: both, or none)",
        "password; x; refresher.web: user or password alone (expected: both, or none)",
        "ca; /ca.pem; refresher.web: ca, but no endpoint in TLS (expected: one of https://)"
      })
  void whatDoesNotGoTogetherIsRefused(String key, String value, String message) {
    assertThatThrownBy(
            () ->
                new EtcdRefresherProvider().create(settings(key, value), context("refresher.web")))
        .isInstanceOf(SettingsException.class)
        .hasMessage(message);
  }

  @Test
  void authoritiesThatCannotBeReadAreRefused() {
    assertThatThrownBy(
            () ->
                new EtcdRefresherProvider()
                    .create(
                        settings("endpoints", "https://127.0.0.1:1", "ca", "/no/such/ca.pem"),
                        context("refresher.web")))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "refresher.web: ca: /no/such/ca.pem does not exist"
                + " (expected: a PEM file of certificates)");
  }
}

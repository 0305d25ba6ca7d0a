package io.lbtk.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Provider;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.RegistrarProvider;
import io.lbtk.api.Settings;
import io.lbtk.core.settings.Entry;
import io.lbtk.core.settings.Problems;
import io.lbtk.core.settings.SettingsBinder;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.TestContext;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsulProviderTest {

  private static <P extends Provider<?>> P found(Class<P> kind) {
    return ServiceLoader.load(kind).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals("consul"))
        .findFirst()
        .orElseThrow();
  }

  private static Settings settings(Provider<?> provider, String... values) {
    List<Entry> entries = new ArrayList<>();
    for (String value : values) {
      String[] parts = value.split(" = ", 2);
      entries.add(Entry.argument(value, "part.a." + parts[0], parts[1]));
    }
    Problems problems = new Problems();
    Settings settings =
        new SettingsBinder(entries, name -> null, problems)
            .sections("part")
            .get(0)
            .bind(provider.options());
    problems.throwIfAny();
    return settings;
  }

  private static void create(Provider<?> provider, String... values) throws Exception {
    Object part =
        provider.create(settings(provider, values), new TestContext("part.a", new ManualClock()));
    ((AutoCloseable) part).close();
  }

  @Test
  void bothAreFoundAndSayWhatTheyAre() {
    for (Class<? extends Provider<?>> kind :
        List.of(RefresherProvider.class, RegistrarProvider.class)) {
      Provider<?> provider = found(kind);

      assertThat(provider.doc()).isNotBlank();
      assertThat(provider.options())
          .allSatisfy(option -> assertThat(option.doc()).as(option.name()).isNotBlank());
      assertThat(provider.options())
          .filteredOn(option -> option.name().equals("token"))
          .allMatch(option -> option.isSecret());
    }
  }

  @Test
  void everyOptionIsTaken() {
    assertThatCode(
            () ->
                create(
                    new ConsulRefresherProvider(),
                    "url = http://127.0.0.1:8500",
                    "service = web",
                    "tag = blue",
                    "datacenter = dc1",
                    "token = secret",
                    "passing = false",
                    "wait = 10s",
                    "header.x-a = b"))
        .doesNotThrowAnyException();
  }

  @Test
  void aTokenThatIsNoneIsNotShown() {
    assertThatThrownBy(
            () ->
                create(
                    new ConsulRefresherProvider(),
                    "url = http://127.0.0.1:8500",
                    "service = web",
                    "token = hunter\n2"))
        .hasMessage("part.a: token (expected: one line of ASCII, as a header can have it)");
    assertThatThrownBy(
            () ->
                create(
                    new ConsulRegistrarProvider(),
                    "url = http://127.0.0.1:8500",
                    "service = web",
                    "token = hunter\n2"))
        .hasMessage("part.a: token (expected: one line of ASCII, as a header can have it)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"999ms", "11m", "0s"})
  void aWaitThatConsulDoesNotKnowIsRefused(String wait) {
    assertThatThrownBy(() -> ConsulRefresherProvider.WAIT.parse(wait))
        .hasMessage("expected: 1s to 10m");
  }

  @Test
  void aBuilderRefusesWhatCannotBe() {
    URI url = URI.create("http://127.0.0.1:8500");

    assertThatThrownBy(() -> ConsulRefresher.builder(url, " "))
        .hasMessage("service is blank (expected: its name)");
    assertThatThrownBy(() -> ConsulRegistrar.builder(url, ""))
        .hasMessage("service is blank (expected: its name)");
    assertThatThrownBy(() -> ConsulRegistrar.builder(URI.create("ftp://127.0.0.1"), "web"))
        .hasMessageContaining("expected: http://host:port");
  }
}

package io.lbtk.ganglia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.RecordingListener;
import io.lbtk.testkit.TestContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GangliaRefresherProviderTest {

  private static RefresherProvider provider() {
    return ServiceLoader.load(RefresherProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(found -> found.name().equals("ganglia"))
        .findFirst()
        .orElseThrow();
  }

  /** Settings from texts, by the names of the options. */
  private record Texts(Map<String, String> texts) implements Settings {

    @Override
    public <T> T get(Option<T> option) {
      return find(option).orElseThrow();
    }

    @Override
    public <T> Optional<T> find(Option<T> option) {
      return Optional.ofNullable(texts.get(option.name()))
          .map(option::parse)
          .or(option::defaultValue);
    }

    @Override
    public boolean isSet(Option<?> option) {
      return texts.containsKey(option.name());
    }
  }

  @Test
  void itIsFoundAndSaysWhatItIs() {
    assertThat(provider().doc()).isNotBlank();
    assertThat(provider().options())
        .allSatisfy(option -> assertThat(option.doc()).as(option.name()).isNotBlank());
  }

  @Test
  void itAsksAsItsSettingsSay() {
    ManualClock clock = new ManualClock();
    RecordingListener listener = new RecordingListener();
    try (Replay replay = new Replay();
        Refresher refresher =
            provider()
                .create(
                    new Texts(
                        Map.of(
                            "address", "127.0.0.1:" + replay.address().getPort(),
                            "cluster", "lbtk",
                            "port", "8081",
                            "metric", "load",
                            "interval", "7s",
                            "max-size", "1MiB")),
                    new TestContext("refresher.x", clock))) {
      replay.answer(Recorded.ANSWER);
      refresher.start(listener);
      clock.advance(Duration.ZERO);

      listener.awaitTargets(
          "10.0.0.2:8080 weight=17 name=web2.lbtk.test",
          "127.0.0.1:8081 weight=17 name=web1.lbtk.test");
      assertThat(clock.untilNext())
          .hasValueSatisfying(next -> assertThat(next).isEqualTo(Duration.ofSeconds(7)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10.0.0.1", "10.0.0.1:0", ":8649", "10.0.0.1:8649 weight=2", "a:1,b:1"})
  void whatIsNoAddressIsRefused(String text) {
    assertThatThrownBy(() -> GangliaRefresherProvider.ADDRESS.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: host:port of a gmond or gmetad");
  }
}

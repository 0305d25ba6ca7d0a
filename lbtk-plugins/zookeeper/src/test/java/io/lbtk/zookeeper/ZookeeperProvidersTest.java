package io.lbtk.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Provider;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.RegistrarProvider;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZookeeperProvidersTest {

  @ParameterizedTest
  @ValueSource(classes = {RefresherProvider.class, RegistrarProvider.class})
  void bothAreFoundAndSayWhatTheyAre(Class<? extends Provider<?>> kind) {
    Provider<?> provider =
        ServiceLoader.load(kind).stream()
            .<Provider<?>>map(ServiceLoader.Provider::get)
            .filter(found -> found.name().equals("zookeeper"))
            .findFirst()
            .orElseThrow();

    assertThat(provider.doc()).isNotBlank();
    assertThat(provider.options())
        .allSatisfy(option -> assertThat(option.doc()).as(option.name()).isNotBlank());
  }

  @Test
  void thePasswordIsNeverShown() {
    assertThat(ZookeeperOptions.PASSWORD.isSecret()).isTrue();
    assertThat(
            Ensemble.of("zk:2181").withCredentials(() -> new Credentials("web", "hush")).toString())
        .doesNotContain("hush");
    assertThat(new Credentials("web", "hush").toString()).doesNotContain("hush");
  }

  @ParameterizedTest
  @ValueSource(strings = {"zk1", "zk1:2181", "zk1:2181,zk2:2182/root", "[::1]:2181", "10.0.0.1"})
  void serversAreHostsAndPerhapsPortsAndARoot(String text) {
    assertThat(ZookeeperOptions.CONNECT.parse(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "zk1:x", "zk1:2181/a/", "zk1:2181/a//b"})
  void whatAreNoServersIsRefused(String text) {
    assertThatThrownBy(() -> ZookeeperOptions.CONNECT.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: servers such as");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "web", "/web/", "//web", "/a/../b"})
  void whatIsNoPathIsRefused(String text) {
    assertThatThrownBy(() -> ZookeeperOptions.PATH.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: a path such as");
  }
}

package io.lbtk.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.RefresherProvider;
import java.net.InetSocketAddress;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DnsRefresherProviderTest {

  @Test
  void itIsFoundAndSaysWhatItIs() {
    RefresherProvider provider =
        ServiceLoader.load(RefresherProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.name().equals("dns"))
            .findFirst()
            .orElseThrow();

    assertThat(provider.doc()).isNotBlank();
    assertThat(provider.options())
        .allSatisfy(option -> assertThat(option.doc()).as(option.name()).isNotBlank());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a..b", "a b..", "x.y.z..", ".."})
  void whatIsNoNameIsRefused(String name) {
    assertThatThrownBy(() -> DnsRefresherProvider.NAME.parse(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: a domain name");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1, 53",
    "127.0.0.1:5353, 127.0.0.1, 5353",
    "[::1], ::1, 53",
    "[::1]:54, ::1, 54",
    "ns.example.org, ns.example.org, 53"
  })
  void aServerIsAHostAndPerhapsAPort(String text, String host, int port) {
    assertThat(DnsRefresherProvider.SERVERS.parse(text))
        .containsExactly(new InetSocketAddress(host, port));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:0", "127.0.0.1:x", ":53", "a b"})
  void whatIsNoServerIsRefused(String text) {
    assertThatThrownBy(() -> DnsRefresherProvider.SERVERS.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: the address of a name server");
  }
}

package io.lbtk.core.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UriAddressTest {

  @ParameterizedTest
  @CsvSource({
    "tcp://my_host:1024, my_host, 1024, false",
    "tcp://my_host, my_host, -1, false",
    "http://a_b.example:80/path?query#fragment, a_b.example, 80, false",
    "http://MY_HOST:/, my_host, -1, false",
    "redis://user:pass_word@my_host:6379/1, my_host, 6379, true",
    "http://user@plain.example:1, plain.example, 1, true",
    "http://plain.example/, plain.example, -1, false",
    "http://[::1]:5/, ::1, 5, false",
    "http://bücher.example:80/, xn--bcher-kva.example, 80, false"
  })
  void anyHostThatATargetMayHaveIsFound(String uri, String host, int port, boolean hasUser) {
    UriAddress address = UriAddress.of(URI.create(uri)).orElseThrow();

    assertThat(address.host()).isEqualTo(host);
    assertThat(address.port()).isEqualTo(port);
    assertThat(address.hasUser()).isEqualTo(hasUser);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://my_host:99999/",
        "http://a..b/",
        "http://-a_/",
        "http://1.2.3.400/",
        "http:/path",
        "mailto:a@b",
        "http://a_b,c_d/",
        "http://my_host:1:2/"
      })
  void whatNoTargetMayHaveIsNoHost(String uri) {
    assertThat(UriAddress.of(URI.create(uri))).isEmpty();
  }

  @Test
  void theAuthorityIsWrittenAsInAUri() {
    assertThat(UriAddress.of(URI.create("http://[::1]:5/")).orElseThrow().authority())
        .isEqualTo("[::1]:5");
    assertThat(UriAddress.of(URI.create("http://u@my_host/")).orElseThrow().authority())
        .isEqualTo("my_host");
  }
}

package io.lbtk.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1:8080", "localhost:0", "[::1]:65535", "[::]:80", "*:80", "my-host:1"})
  void whatIsReadIsWrittenAgain(String text) {
    assertThat(ListenAddress.parse(text)).hasToString(text);
  }

  @Test
  void bracketsAreNoPartOfTheHost() {
    assertThat(ListenAddress.parse("[::1]:80")).isEqualTo(new ListenAddress("::1", 80));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        ":80",
        "host",
        "host:",
        "host:http",
        "host:-1",
        "host:65536",
        "host:99999999999",
        "::1:80",
        "[::1]",
        "[::1:80",
        "[]:80",
        "[host]:80",
        "a b:80",
        "a/b:80",
        "host:8O"
      })
  void whatIsNoAddressIsRefused(String text) {
    assertThatThrownBy(() -> ListenAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected: ");
  }
}

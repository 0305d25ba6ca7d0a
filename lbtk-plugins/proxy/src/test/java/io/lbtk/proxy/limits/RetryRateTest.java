package io.lbtk.proxy.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryRateTest {

  @Test
  void bothPartsAreRead() {
    assertThat(RetryRate.parse("20% + 10/s")).isEqualTo(new RetryRate(20, 10));
    assertThat(RetryRate.parse(" 20%+10/s ")).isEqualTo(new RetryRate(20, 10));
  }

  @Test
  void onePartIsEnough() {
    assertThat(RetryRate.parse("15%")).isEqualTo(new RetryRate(15, 0));
    assertThat(RetryRate.parse("7/s")).isEqualTo(new RetryRate(0, 7));
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    assertThat(RetryRate.parse(RetryRate.DEFAULT.toString())).isEqualTo(RetryRate.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "+", "20", "20% 10/s", "20% +", "+ 10/s", "1001%", "-1%", "10/m"})
  void whatIsNoRateIsRefused(String text) {
    assertThatThrownBy(() -> RetryRate.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected: ");
  }
}

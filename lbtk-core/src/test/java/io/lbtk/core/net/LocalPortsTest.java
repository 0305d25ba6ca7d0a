package io.lbtk.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class LocalPortsTest {

  @Test
  void aPortThatTheSystemHasChosenIsOneOfThem() throws Exception {
    try (ServerSocket chosen = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(LocalPorts.find().contains(chosen.getLocalPort())).isTrue();
    }
  }

  @Test
  void aPortThatTheSystemNeverChoosesIsNone() {
    assertThat(LocalPorts.find().contains(1)).isFalse();
  }

  @Test
  void bothEndsOfTheRangeBelongToIt() {
    LocalPorts ports = LocalPorts.parse("32768\t60999\n");

    assertThat(ports.contains(32_767)).isFalse();
    assertThat(ports.contains(32_768)).isTrue();
    assertThat(ports.contains(60_999)).isTrue();
    assertThat(ports.contains(61_000)).isFalse();
  }

  @Test
  void whatIsNoRangeIsNotTakenForOne() {
    assertThatThrownBy(() -> LocalPorts.parse("32768"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

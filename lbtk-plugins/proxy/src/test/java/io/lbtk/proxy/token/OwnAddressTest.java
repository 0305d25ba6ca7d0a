package io.lbtk.proxy.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnAddressTest {

  private static boolean contains(String bound, String address, int port) {
    return new OwnAddress(new InetSocketAddress(bound, 80))
        .contains(new InetSocketAddress(address, port), System.nanoTime());
  }

  @Test
  void anAddressIsItsOwn() {
    assertThat(contains("127.0.0.1", "127.0.0.1", 80)).isTrue();
    assertThat(contains("127.0.0.1", "0.0.0.0", 80)).isTrue();
    assertThat(contains("::1", "::", 80)).isTrue();
    assertThat(contains("192.0.2.1", "192.0.2.1", 80)).isTrue();
  }

  @Test
  void anotherPortOrAddressIsNot() {
    assertThat(contains("127.0.0.1", "127.0.0.1", 81)).isFalse();
    assertThat(contains("127.0.0.1", "127.0.0.2", 80)).isFalse();
    assertThat(contains("192.0.2.1", "0.0.0.0", 80)).isFalse();
    assertThat(contains("::1", "127.0.0.1", 80)).isFalse();
    assertThat(contains("0.0.0.0", "192.0.2.1", 80)).isFalse();
    assertThat(contains("0.0.0.0", "::1", 80)).isFalse();
  }

  @Test
  void theWildcardIsEveryAddressOfThisMachine() throws Exception {
    List<InetAddress> local =
        NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).toList();

    for (InetAddress address : local) {
      assertThat(contains("::", address.getHostAddress(), 80)).as("%s", address).isTrue();
    }
    assertThat(contains("::", "127.9.9.9", 80)).isTrue();
    assertThat(contains("::", "0.0.0.0", 80)).isTrue();
  }
}

package io.lbtk.tokenport.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientNetworkTest {

  private final ClientNetwork network = new ClientNetwork();

  @AfterEach
  void close() {
    network.close();
  }

  @Test
  void connectionsOfOneNameShareALogAsLongAsThereAreAny() {
    ConnectionLog log = network.acquireLog("tcp://a:1");
    assertThat(network.acquireLog("tcp://a:1")).isSameAs(log);
    network.releaseLog("tcp://a:1");
    assertThat(network.acquireLog("tcp://a:1")).isSameAs(log);
    network.releaseLog("tcp://a:1");
    network.releaseLog("tcp://a:1");
    assertThat(network.logs()).isZero();
  }
}

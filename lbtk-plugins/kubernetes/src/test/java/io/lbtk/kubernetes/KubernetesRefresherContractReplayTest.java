package io.lbtk.kubernetes;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.Forwarder;
import io.lbtk.testkit.RefresherContract;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The contract of every refresher, on a replay of the API. */
class KubernetesRefresherContractReplayTest extends RefresherContract {

  private ReplayedApi api;
  private Forwarder forwarder;

  @BeforeEach
  void open() {
    api = new ReplayedApi();
    forwarder =
        new Forwarder(new InetSocketAddress(InetAddress.getLoopbackAddress(), api.url().getPort()));
  }

  @AfterEach
  void close() {
    forwarder.close();
    api.close();
  }

  @Override
  protected Refresher newRefresher() {
    return KubernetesRefresher.builder(
            URI.create("http://127.0.0.1:" + forwarder.address().getPort()), "web")
        .namespace("shop")
        .build();
  }

  @Override
  protected void setSource(List<Target> targets) {
    api.setTargets(targets);
    forwarder.heal();
  }

  /** A slice says nothing of weights, and has no attributes of one's own. */
  @Override
  protected boolean supports(Feature feature) {
    return feature != Feature.WEIGHTS && feature != Feature.ATTRIBUTES;
  }

  @Override
  protected void breakSource() {
    forwarder.cut();
  }
}

package io.lbtk.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.benchmarks.sidebyside.Fleet.Loopback;
import io.lbtk.benchmarks.sidebyside.Fleet.Ports;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadProcessTest {

  @TempDir Path folder;
  private Children children;

  @BeforeEach
  void start() {
    assumeTrue(Epoll.isAvailable(), "the load is for Linux");
    children = new Children(folder);
  }

  @AfterEach
  void end() {
    if (children != null) {
      children.close();
    }
  }

  @Test
  void connectionsRoundTripsAndTunnelsGoToTheEchoServer() throws IOException, InterruptedException {
    InetSocketAddress address = Loopback.front(new Ports().free());
    LoadProcess.start("echo", children).echo(address);
    LoadProcess client = LoadProcess.start("client", children);

    Map<String, Double> connections = client.connections(address, 500, 8);
    assertThat(connections).containsEntry("failed", 0.0);
    assertThat(connections.get("seconds")).isPositive();
    assertThat(connections.get("p50")).isPositive();

    assertThat(client.hold(address, 100)).containsEntry("failed", 0.0);
    client.release();

    assertThat(client.roundTrips(address, 50, 64).get("count")).isPositive();
  }

  @Test
  void refusedConnectionsAreCounted() throws IOException, InterruptedException {
    InetSocketAddress nobody = Loopback.front(new Ports().free());
    LoadProcess client = LoadProcess.start("client", children);

    assertThat(client.connections(nobody, 300, 8)).containsEntry("failed", 300.0);
    assertThatThrownBy(() -> client.roundTrips(nobody, 50, 64))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Connection refused");
  }

  @Test
  void aProcessEndsWithItsChildren() throws IOException {
    LoadProcess load = LoadProcess.start("load", children);

    children.close();

    assertThat(load.child().process().isAlive()).isFalse();
    assertThatThrownBy(() -> LoadProcess.start("late", children)).isInstanceOf(IOException.class);
  }

  @Test
  void anAnswerIsItsNumbersAndAFailureIsThrown() throws IOException {
    assertThat(LoadProcess.values("hold", "ok count=3 p50=2.5"))
        .isEqualTo(Map.of("count", 3.0, "p50", 2.5));
    assertThat(LoadProcess.values("release", "ok")).isEmpty();
    assertThatThrownBy(() -> LoadProcess.values("hold", "failed no route"))
        .hasMessageContaining("no route");
    assertThatThrownBy(() -> LoadProcess.values("hold", null)).isInstanceOf(IOException.class);
  }
}

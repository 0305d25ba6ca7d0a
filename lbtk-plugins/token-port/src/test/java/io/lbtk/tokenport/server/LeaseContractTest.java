package io.lbtk.tokenport.server;

import static org.awaitility.Awaitility.await;

import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.api.TokenSource;
import io.lbtk.testkit.FakeTokenSource;
import io.lbtk.testkit.TokenSourceContract;
import io.lbtk.tokenport.client.LeaseConnections;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;

/** A token source at the other end of a connection is as good as the one behind the port. */
class LeaseContractTest extends TokenSourceContract {

  private final FakeTokenSource source = new FakeTokenSource();
  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private final LeaseConnections connections = new LeaseConnections();
  private final TokenPortServer port =
      TokenPortServer.open(
          URI.create("tcp://127.0.0.1:0"),
          source,
          new PortOptions(Duration.ofHours(1), Duration.ofSeconds(5), 1),
          Ticker.system());
  private List<Target> targets = List.of();

  @Override
  protected TokenSource newSource(List<Target> targets) {
    setTargets(targets);
    var peer = connections.connect(port.address(), executor);
    await().until(peer::connected);
    return peer;
  }

  @Override
  protected void setTargets(List<Target> targets) {
    List<Target> before = this.targets;
    this.targets = targets;
    source.always(targets.toArray(Target[]::new));
    before.stream()
        .filter(target -> !targets.contains(target))
        .forEach(target -> source.gone(target.hostPort()));
  }

  @Override
  protected OptionalInt live() {
    return OptionalInt.of(source.live());
  }

  @Override
  protected boolean supports(Feature feature) {
    return feature != Feature.IMMEDIATE;
  }

  @AfterEach
  void close() {
    connections.close();
    port.close();
    executor.shutdownNow();
  }
}

package io.lbtk.standard.refresh;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.RefresherContract;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;

class HttpRefresherContractTest extends RefresherContract {

  private final ListServer server = new ListServer();

  @AfterEach
  void close() {
    server.close();
  }

  @Override
  protected Refresher newRefresher() {
    return HttpRefresher.builder(server.url()).interval(Duration.ofMillis(10)).build();
  }

  @Override
  protected void setSource(List<Target> targets) {
    server.answer(
        targets.stream().map(Target::toString).collect(Collectors.joining("\n", "# list\n", "\n")));
  }

  @Override
  protected void breakSource() {
    server.fail(503);
  }
}

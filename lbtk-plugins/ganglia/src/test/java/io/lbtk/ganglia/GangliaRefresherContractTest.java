package io.lbtk.ganglia;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.DirectoryContract;
import io.lbtk.testkit.servers.DirectoryServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A real gmond has one list only: it is started anew for each test. */
class GangliaRefresherContractTest extends DirectoryContract {

  private static GmondDirectory gmond;

  @BeforeAll
  static void startGmond(@TempDir Path folder) throws IOException {
    gmond = new GmondDirectory(folder, 1);
  }

  @AfterAll
  static void endGmond() {
    if (gmond != null) {
      gmond.close();
    }
  }

  @BeforeEach
  void forgetTheHostsOfTheLastTest() {
    gmond.forget();
  }

  @Override
  protected DirectoryServer server() {
    return gmond;
  }

  @Override
  protected Refresher newRefresher(InetSocketAddress server) {
    return GangliaRefresher.builder("127.0.0.1", server.getPort())
        .cluster("lbtk")
        .interval(Duration.ofMillis(50))
        .build();
  }

  /**
   * Weights are computed from what hosts measure, and there are no attributes but the name. Nobody
   * empties the list of Ganglia on purpose: one without a host that is heard is a failure.
   */
  @Override
  protected boolean supports(Feature feature) {
    return feature != Feature.WEIGHTS && feature != Feature.ATTRIBUTES && feature != Feature.EMPTY;
  }

  /** So many can all be heard within a second; for more, see {@link GangliaRefresherTest}. */
  @Override
  protected int most() {
    return 200;
  }

  @Override
  protected void write(List<Target> targets) {
    gmond.write(targets);
  }

  @Override
  protected void writeGarbage() {
    gmond.writeGarbage();
  }
}

package io.lbtk.dns;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.RefresherContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class DnsRefresherContractTest extends RefresherContract {

  @TempDir private Path folder;
  private Zone zone;

  @BeforeEach
  void open() {
    zone = new Zone(folder, true);
  }

  @AfterEach
  void close() {
    zone.close();
  }

  @Override
  protected Refresher newRefresher() {
    return DnsRefresher.srv("_http._tcp.lbtk.test")
        .servers(List.of(zone.address()))
        .timeout(Duration.ofSeconds(1))
        .interval(Duration.ofMillis(50))
        .build();
  }

  @Override
  protected void setSource(List<Target> targets) {
    zone.resume();
    zone.setServices("_http._tcp", 0, targets);
  }

  /** SRV records have no weight that gets nothing, and no attributes. */
  @Override
  protected boolean supports(Feature feature) {
    return feature != Feature.WEIGHTS && feature != Feature.ATTRIBUTES;
  }

  /** An answer has no more than 64 KiB. */
  @Override
  protected int most() {
    return 500;
  }

  @Override
  protected void breakSource() {
    zone.suspend();
  }
}

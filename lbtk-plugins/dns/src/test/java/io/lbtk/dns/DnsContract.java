package io.lbtk.dns;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.DirectoryContract;
import io.lbtk.testkit.servers.DirectoryServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Type;

/** The contract, for SRV records whose answers come in one way. */
abstract class DnsContract extends DirectoryContract {

  private static final AtomicInteger NAMES = new AtomicInteger();

  @TempDir private static Path folder;
  private static Zone zone;

  private final String name = "_http._tcp.web" + NAMES.incrementAndGet();

  @BeforeAll
  static void openZone() {
    zone = new Zone(folder, true);
  }

  @AfterAll
  static void closeZone() {
    zone.close();
  }

  /** SRV records that stand beside those of targets, and are none. */
  abstract List<String> others();

  @Override
  protected DirectoryServer server() {
    return zone.server();
  }

  @Override
  protected Refresher newRefresher(InetSocketAddress server) {
    return DnsRefresher.srv(name + ".lbtk.test")
        .servers(List.of(server))
        .timeout(Duration.ofSeconds(1))
        .interval(Duration.ofMillis(50))
        .build();
  }

  /** A name without a target does not exist at all. */
  @Override
  protected void write(List<Target> targets) {
    zone.setServices(name, 0, targets, targets.isEmpty() ? List.of() : others());
  }

  @Override
  protected void writeGarbage() {
    zone.add(name, Type.SRV, 0, List.of("0 0 0 no-port.lbtk.test.", "0 0 80 ."));
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
}

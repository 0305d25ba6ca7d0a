package io.lbtk.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.benchmarks.sidebyside.Catalogue.HaproxyStarter;
import io.lbtk.benchmarks.sidebyside.Catalogue.LbtkStarter;
import io.lbtk.benchmarks.sidebyside.Catalogue.NginxStarter;
import io.lbtk.benchmarks.sidebyside.Children.Child;
import io.lbtk.benchmarks.sidebyside.Fleet.FirstByte;
import io.lbtk.benchmarks.sidebyside.Fleet.Loopback;
import io.lbtk.benchmarks.sidebyside.Fleet.Ports;
import io.lbtk.benchmarks.sidebyside.Fleet.Route;
import io.lbtk.benchmarks.sidebyside.Fleet.Setup;
import io.lbtk.benchmarks.sidebyside.Lbtk.Jdk;
import io.lbtk.benchmarks.sidebyside.Peer.Starter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every peer that this machine has can be started and tunnels. lbtk's own need the built jar. */
class StarterTest {

  @TempDir Path folder;
  private Setup setup;
  private Route route;

  @BeforeEach
  void prepare() throws IOException {
    Ports ports = new Ports();
    Lbtk lbtk = new Lbtk(Path.of("..").toAbsolutePath(), Jdk.current().home());
    setup = new Setup(folder, new Children(folder), ports, 200, lbtk);
    route = new Route("front", Loopback.front(ports.free()), Loopback.backend(1, ports.free()));
  }

  @AfterEach
  void end() {
    setup.children().close();
  }

  private static boolean has(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** Leaves the test out where a package is missing; but not in CI. */
  private static void needs(String packages, boolean found) {
    assumeTrue(found || "true".equals(System.getenv("CI")), "not found here: " + packages);
  }

  private void tunnels(Starter starter) throws IOException, InterruptedException {
    LoadProcess.start("echo", setup.children()).echo(route.target());
    starter.prepare(route);
    Child proxy = starter.start(route);
    FirstByte.untilEchoed(proxy, route.listen());
    assertThat(proxy.cpuSeconds()).isNotNegative();
    assertThat(Procfs.residentKib(proxy.handle())).isPositive();
    proxy.close();
    assertThat(proxy.process().isAlive()).isFalse();
  }

  @Test
  void haproxyTunnelsEitherWay() throws IOException, InterruptedException {
    needs("haproxy", has("haproxy"));
    tunnels(new HaproxyStarter(setup, 1, true));
  }

  @Test
  void nginxTunnels() throws IOException, InterruptedException {
    needs("nginx with libnginx-mod-stream", has("nginx") && NginxStarter.hasStream());
    tunnels(new NginxStarter(setup, 1));
  }

  @Test
  void lbtkTunnelsByTokensOfAnotherProcess() throws IOException, InterruptedException {
    needs("lbtk-launcher.jar, of mvn package", Files.exists(setup.lbtk().jar()));
    tunnels(new LbtkStarter(setup, setup.lbtk(), new LbtkStarter.Settings("tcp-nio", 1, 16)));
  }

  @Test
  void haproxyIsForcedToSpliceOnlyAtItsStrongest() {
    assertThat(new HaproxyStarter(setup, 2, true).configuration(route))
        .contains("nbthread 2", "tune.pipesize 1048576", "option splice-request")
        .contains("option splice-response", "maxconn 200")
        .doesNotContain("splice-auto");
    assertThat(new HaproxyStarter(setup, 1, false).configuration(route))
        .contains("nbthread 1", "option splice-auto")
        .doesNotContain("pipesize", "splice-request");
  }

  @Test
  void theNewestJdkIsKnownByItsReleaseFile() {
    assertThat(Jdk.feature("IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"25.0.1\"\n"))
        .isEqualTo(Optional.of(25));
    assertThat(Jdk.feature("JAVA_VERSION_DATE=\"2025-10-21\"\n")).isEmpty();
  }

  @Test
  void noPortIsGivenTwiceAndNoneThatTheKernelGives() throws IOException {
    List<Integer> ports = List.of(setup.ports().free(), setup.ports().free());

    assertThat(ports).doesNotHaveDuplicates().allMatch(port -> port < 32_768);
  }
}

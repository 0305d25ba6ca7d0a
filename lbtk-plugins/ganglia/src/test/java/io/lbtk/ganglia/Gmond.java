package io.lbtk.ganglia;

import io.lbtk.testkit.servers.DirectoryServer;
import io.lbtk.testkit.servers.InstalledProgram;
import io.lbtk.testkit.servers.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A real gmond, which measures nothing itself: it is told of hosts by {@code gmetric}. All that it
 * has heard is lost with it.
 */
final class Gmond implements DirectoryServer {

  private static final String CONFIGURATION =
      """
      globals {
        daemonize = no
        setuid = no
        mute = no
        deaf = no
        host_tmax = %2$d
        host_dmax = 86400
      }
      cluster { name = "lbtk" owner = "lbtk" latlong = "unspecified" url = "unspecified" }
      host { location = "unspecified" }
      udp_send_channel { host = 127.0.0.1 port = %1$d ttl = 1 }
      udp_recv_channel { port = %1$d bind = 127.0.0.1 }
      tcp_accept_channel { port = %1$d bind = 127.0.0.1 }
      """;

  private final Path gmetric = InstalledProgram.required("gmetric");
  private final Path configuration;
  private final ServerProcess process;

  /**
   * Starts it.
   *
   * @param folder for its configuration and its log
   * @param hostTmax how often it wants to hear of a host, in seconds; 20 is its default
   */
  Gmond(Path folder, int hostTmax) {
    Path gmond = InstalledProgram.required("gmond");
    configuration = folder.resolve("gmond.conf");
    process =
        new ServerProcess(
            folder.resolve("gmond.log"),
            port -> {
              Files.writeString(configuration, CONFIGURATION.formatted(port, hostTmax));
              return List.of(gmond.toString(), "-f", "-c", configuration.toString());
            },
            ServerProcess::accepts);
  }

  @Override
  public InetSocketAddress address() {
    return process.address();
  }

  /** Tells of a host, which may be the first time that it is heard of. */
  void hear(String address, String host, String metric, String value, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                gmetric.toString(),
                "-c",
                configuration.toString(),
                "--spoof=" + address + ":" + host,
                "--name=" + metric,
                "--value=" + value,
                "--type=" + (metric.equals("lbtk_port") ? "uint16" : "float")));
    command.addAll(List.of(more));
    try {
      Process run = new ProcessBuilder(command).inheritIO().start();
      if (run.waitFor() != 0) {
        throw new AssertionError(command + " ended with " + run.exitValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends it and starts another one, which has heard of nobody. */
  void restart() {
    kill();
    start();
  }

  @Override
  public void stop() {
    process.stop();
  }

  @Override
  public void kill() {
    process.kill();
  }

  @Override
  public void start() {
    process.start();
  }

  @Override
  public void close() {
    process.close();
  }
}

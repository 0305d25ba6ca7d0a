package io.lbtk.benchmarks.servers;

import io.lbtk.testkit.servers.InstalledProgram;
import io.lbtk.testkit.servers.ServerProcess;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.zookeeper.server.ZooKeeperServerMain;
import org.opentest4j.TestAbortedException;

/**
 * Starts servers of directories on the loopback, each a process of its own that keeps its files in
 * a folder, and ends when the caller closes it.
 */
public final class LocalServers {

  private LocalServers() {}

  /** Starts ZooKeeper, as it is by default. */
  public static ServerProcess zookeeper(Path folder) {
    return new ServerProcess(
        folder.resolve("log"), port -> zookeeper(folder, port), ServerProcess::accepts);
  }

  /** Starts etcd, as it is by default. */
  public static ServerProcess etcd(Path folder) {
    String program = InstalledProgram.required("etcd").toString();
    return new ServerProcess(
        folder.resolve("log"), port -> etcd(program, folder, port), ServerProcess::accepts);
  }

  /** Starts Redis, which tells of changes. */
  public static ServerProcess redis(Path folder) {
    String program = InstalledProgram.required("redis-server").toString();
    return new ServerProcess(
        folder.resolve("log"), port -> redis(program, folder, port), ServerProcess::accepts);
  }

  /**
   * Starts an agent of Consul, which is the only server, too.
   *
   * @throws TestAbortedException if it is not installed
   */
  public static ServerProcess consul(Path folder) {
    String program = InstalledProgram.ifInstalled("consul").toString();
    return new ServerProcess(
        folder.resolve("log"), port -> consul(program, folder, port), LocalServers::hasLeader);
  }

  /** Returns the HTTP URL of a server. */
  public static String url(InetSocketAddress server) {
    return "http://127.0.0.1:" + server.getPort();
  }

  private static List<String> zookeeper(Path folder, int port) throws IOException {
    Path settings =
        Files.writeString(
            folder.resolve("zoo.cfg"),
            """
            dataDir=%s
            clientPort=%d
            clientPortAddress=127.0.0.1
            tickTime=500
            maxSessionTimeout=60000
            admin.enableServer=false
            """
                .formatted(folder.resolve("data"), port));
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        ZooKeeperServerMain.class.getName(),
        settings.toString());
  }

  private static List<String> etcd(String program, Path folder, int port) {
    String client = "http://127.0.0.1:" + port;
    String peer = "http://127.0.0.1:" + (port + 1);
    return List.of(
        program,
        "--data-dir",
        folder.resolve("data").toString(),
        "--listen-client-urls",
        client,
        "--advertise-client-urls",
        client,
        "--listen-peer-urls",
        peer,
        "--initial-advertise-peer-urls",
        peer,
        "--initial-cluster",
        "default=" + peer);
  }

  private static List<String> redis(String program, Path folder, int port) {
    return List.of(
        program,
        "--port",
        Integer.toString(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        folder.toString(),
        "--notify-keyspace-events",
        "Kgxe$hzs");
  }

  private static List<String> consul(String program, Path folder, int port) throws IOException {
    Path settings =
        Files.writeString(
            folder.resolve("consul.json"),
            """
            {"bind_addr":"127.0.0.1","client_addr":"127.0.0.1","disable_update_check":true,
             "ports":{"http":%d,"dns":-1,"grpc":-1,"server":%d,"serf_lan":%d,"serf_wan":-1},
             "performance":{"raft_multiplier":1}}
            """
                .formatted(port, port + 1, port + 2));
    return List.of(program, "agent", "-dev", "-node", "one", "-config-file", settings.toString());
  }

  private static boolean hasLeader(InetSocketAddress server) throws IOException {
    URI leader = URI.create(url(server) + "/v1/status/leader");
    HttpURLConnection answer = (HttpURLConnection) leader.toURL().openConnection();
    try (var body = answer.getInputStream()) {
      return body.readAllBytes().length > 2;
    } finally {
      answer.disconnect();
    }
  }

  /** A folder that is deleted with all that is in it. */
  public static final class TemporaryFolder implements AutoCloseable {

    private final Path path;

    /** Creates the folder. */
    public TemporaryFolder() throws IOException {
      this.path = Files.createTempDirectory("lbtk-benchmarks");
    }

    /** Returns the path of the folder. */
    public Path path() {
      return path;
    }

    @Override
    public void close() throws IOException {
      try (Stream<Path> files = Files.walk(path)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}

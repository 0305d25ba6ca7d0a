package io.lbtk.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.api.Target;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.servers.DirectoryServer;
import io.lbtk.testkit.servers.ServerProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ZKConfig;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;

/** Servers of ZooKeeper in processes of their own, and a client of them that writes. */
final class Directory {

  /** In what the server takes, and the client that writes; no other knows of it. */
  private static final int LARGE = 32 << 20;

  private static final int SESSION_MILLIS = 30_000;

  /** A member that is silent is left after two thirds of it. */
  private static final int SESSION_OF_SEVERAL_MILLIS = 3000;

  private static final int PROBE_MILLIS = 2000;

  /** Where members speak to each other; they are kept from others while a member is down. */
  private final List<ClosedPort> ports;

  private final List<ServerProcess> servers;
  private final int largest;
  private ZooKeeper client;

  /** Starts a server that keeps its files in a folder, and takes large data. */
  Directory(Path folder) throws Exception {
    this(folder, LARGE);
  }

  /**
   * Starts a server that keeps its files in a folder.
   *
   * @param largest request that it takes, in bytes
   */
  Directory(Path folder, int largest) throws Exception {
    this(List.of(), List.of(server(folder, "", largest)), largest);
  }

  private Directory(List<ClosedPort> ports, List<ServerProcess> servers, int largest)
      throws Exception {
    this.ports = ports;
    this.servers = servers;
    this.largest = largest;
    this.client = connect();
  }

  /** Starts an ensemble of so many members, each with a folder in this one. */
  static Directory ensemble(Path folder, int members) throws Exception {
    List<ClosedPort> ports = Stream.generate(ClosedPort::new).limit(2L * members).toList();
    StringBuilder settings = new StringBuilder("initLimit=20\nsyncLimit=4\n");
    for (int i = 0; i < members; i++) {
      settings.append(
          "server.%d=127.0.0.1:%d:%d\n"
              .formatted(
                  i, ports.get(2 * i).target().port(), ports.get(2 * i + 1).target().port()));
    }
    List<ServerProcess> servers = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      Path own = folder.resolve("member-" + i);
      Files.createDirectories(own.resolve("data"));
      Files.writeString(own.resolve("data").resolve("myid"), Integer.toString(i));
      servers.add(server(own, settings.toString(), LARGE));
    }
    return new Directory(ports, servers, LARGE);
  }

  private static ServerProcess server(Path folder, String settings, int largest) {
    return new ServerProcess(
        folder.resolve("log"),
        port -> command(folder, port, settings, largest),
        Directory::answers);
  }

  private static List<String> command(Path folder, int port, String more, int largest)
      throws IOException {
    Path settings = folder.resolve("zoo.cfg");
    Files.writeString(
        settings,
        """
        dataDir=%s
        clientPort=%d
        clientPortAddress=127.0.0.1
        tickTime=500
        maxClientCnxns=0
        admin.enableServer=false
        4lw.commands.whitelist=ruok
        %s
        """
            .formatted(folder.resolve("data"), port, more));
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx384m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Djute.maxbuffer=" + largest,
        "-cp",
        System.getProperty("java.class.path"),
        QuorumPeerMain.class.getName(),
        settings.toString());
  }

  /** One of several says so before it has found the others. */
  private static boolean answers(InetSocketAddress address) throws IOException {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setSoTimeout(PROBE_MILLIS);
      socket.getOutputStream().write("ruok".getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8).equals("imok");
    }
  }

  private ZooKeeper connect() throws Exception {
    ZKClientConfig config = new ZKClientConfig();
    config.setProperty(ZKConfig.JUTE_MAXBUFFER, Integer.toString(largest));
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper zookeeper =
        new ZooKeeper(
            connectString(),
            servers.size() == 1 ? SESSION_MILLIS : SESSION_OF_SEVERAL_MILLIS,
            event -> {
              if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
              }
            },
            config);
    connected.await();
    return zookeeper;
  }

  /** The only one, or the first. */
  DirectoryServer server() {
    return servers.get(0);
  }

  List<ServerProcess> servers() {
    return servers;
  }

  String connectString() {
    return servers.stream().map(server -> text(server.address())).collect(Collectors.joining(","));
  }

  static String text(InetSocketAddress address) {
    return "127.0.0.1:" + address.getPort();
  }

  /** A client with a session of its own, which is the caller's. */
  ZooKeeper newClient() throws Exception {
    return connect();
  }

  /** The client that writes, once it has found the server again. */
  ZooKeeper client() throws Exception {
    while (true) {
      try {
        client.exists("/", false);
        return client;
      } catch (KeeperException.ConnectionLossException e) {
        // It connects again by itself.
      } catch (KeeperException.SessionExpiredException e) {
        client.close();
        client = connect();
      }
    }
  }

  /** Makes a node hold exactly these children, in one step, as far as the server takes it. */
  void set(String path, Map<String, byte[]> children) throws Exception {
    ZooKeeper zookeeper = client();
    List<Op> steps = new ArrayList<>();
    Map<String, byte[]> missing = new HashMap<>(children);
    if (zookeeper.exists(path, false) == null) {
      steps.add(create(path, new byte[0]));
    } else {
      for (String name : zookeeper.getChildren(path, false)) {
        byte[] data = missing.remove(name);
        steps.add(
            data == null
                ? Op.delete(path + "/" + name, -1)
                : Op.setData(path + "/" + name, data, -1));
      }
    }
    missing.forEach((name, data) -> steps.add(create(path + "/" + name, data)));
    if (!steps.isEmpty()) {
      zookeeper.multi(steps);
    }
  }

  private static Op create(String path, byte[] data) {
    return Op.create(path, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
  }

  /** Makes a node hold exactly these targets, in the way of the registrar. */
  void set(String path, List<Target> targets) throws Exception {
    Map<String, byte[]> children = new HashMap<>();
    targets.forEach(target -> children.put(target.hostPort(), bytes(target.toString())));
    set(path, children);
  }

  /** Writes one child, new or not. */
  void put(String path, byte[] data) throws Exception {
    if (client().exists(path, false) == null) {
      client().create(path, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    } else {
      client().setData(path, data, -1);
    }
  }

  void put(String path, String text) throws Exception {
    put(path, bytes(text));
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /** Ends all of it. */
  void close() throws Exception {
    client.close();
    servers.forEach(ServerProcess::close);
    ports.forEach(ClosedPort::close);
  }
}

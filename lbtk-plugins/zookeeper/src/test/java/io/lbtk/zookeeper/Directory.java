package io.lbtk.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.api.Target;
import io.lbtk.testkit.DirectoryServer;
import io.lbtk.testkit.ServerProcess;
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
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ZKConfig;
import org.apache.zookeeper.server.ZooKeeperServerMain;

/** A server of ZooKeeper in a process of its own, and a client of it that writes. */
final class Directory {

  /** In what the server takes, and the client that writes; no other knows of it. */
  private static final int LARGEST = 32 << 20;

  private static final int SESSION_MILLIS = 30_000;
  private static final int PROBE_MILLIS = 2000;

  private final ServerProcess server;
  private ZooKeeper client;

  /** Starts a server that keeps its files in a folder. */
  Directory(Path folder) throws Exception {
    server = new ServerProcess(folder.resolve("log"), port -> command(folder, port), this::answers);
    client = connect();
  }

  private static List<String> command(Path folder, int port) throws IOException {
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
        """
            .formatted(folder.resolve("data"), port));
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx384m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Djute.maxbuffer=" + LARGEST,
        "-cp",
        System.getProperty("java.class.path"),
        ZooKeeperServerMain.class.getName(),
        settings.toString());
  }

  private boolean answers(InetSocketAddress address) throws IOException {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setSoTimeout(PROBE_MILLIS);
      socket.getOutputStream().write("ruok".getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8).equals("imok");
    }
  }

  private ZooKeeper connect() throws Exception {
    ZKClientConfig config = new ZKClientConfig();
    config.setProperty(ZKConfig.JUTE_MAXBUFFER, Integer.toString(LARGEST));
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper zookeeper =
        new ZooKeeper(
            connectString(),
            SESSION_MILLIS,
            event -> {
              if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
              }
            },
            config);
    connected.await();
    return zookeeper;
  }

  DirectoryServer server() {
    return server;
  }

  String connectString() {
    return text(server.address());
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

  /** Ends both. */
  void close() throws Exception {
    client.close();
    server.close();
  }
}

package io.lbtk.benchmarks.changes;

import io.lbtk.consul.ConsulRefresher;
import io.lbtk.consul.ConsulRegistrar;
import io.lbtk.etcd.EtcdRefresher;
import io.lbtk.etcd.EtcdRegistrar;
import io.lbtk.redis.RedisRefresher;
import io.lbtk.redis.RedisRegistrar;
import io.lbtk.testkit.InstalledProgram;
import io.lbtk.testkit.ServerProcess;
import io.lbtk.zookeeper.ZookeeperRefresher;
import io.lbtk.zookeeper.ZookeeperRegistrar;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.server.ZooKeeperServerMain;

/** The directories: those that tell of their changes, and some that have to be asked. */
enum DirectoryKind {
  /** A file that is replaced. */
  FILE {
    @Override
    Directory open(Path folder) {
      return new FileDirectory(folder);
    }
  },
  /** ZooKeeper. */
  ZOOKEEPER {
    @Override
    Directory open(Path folder) {
      ServerProcess server =
          new ServerProcess(
              folder.resolve("log"), port -> zookeeper(folder, port), ServerProcess::accepts);
      String connect = "127.0.0.1:" + server.address().getPort();
      return new ServerDirectory(
          server,
          () -> ZookeeperRefresher.builder(connect, "/web").build(),
          () -> ZookeeperRegistrar.builder(connect, "/web").build());
    }
  },
  /** etcd. */
  ETCD {
    @Override
    Directory open(Path folder) {
      String program = InstalledProgram.required("etcd").toString();
      ServerProcess server =
          new ServerProcess(
              folder.resolve("log"), port -> etcd(program, folder, port), ServerProcess::accepts);
      List<String> endpoints = List.of(url(server.address()));
      return new ServerDirectory(
          server,
          () -> EtcdRefresher.builder(endpoints, "/web").build(),
          () -> EtcdRegistrar.builder(endpoints, "/web").build());
    }
  },
  /** Redis, with notifications. */
  REDIS {
    @Override
    Directory open(Path folder) {
      String program = InstalledProgram.required("redis-server").toString();
      ServerProcess server =
          new ServerProcess(
              folder.resolve("log"),
              port ->
                  List.of(
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
                      "Kgxe$hzs"),
              ServerProcess::accepts);
      URI uri = URI.create("redis://127.0.0.1:" + server.address().getPort());
      return new ServerDirectory(
          server,
          () -> RedisRefresher.builder(uri, "web:").build(),
          () -> RedisRegistrar.builder(uri, "web:").build());
    }
  },
  /** Consul. */
  CONSUL {
    @Override
    Directory open(Path folder) {
      String program = InstalledProgram.ifInstalled("consul").toString();
      ServerProcess server =
          new ServerProcess(
              folder.resolve("log"),
              port -> consul(program, folder, port),
              DirectoryKind::hasLeader);
      URI agent = URI.create(url(server.address()));
      return new ServerDirectory(
          server,
          () -> ConsulRefresher.builder(agent, "web").build(),
          () -> ConsulRegistrar.builder(agent, "web").build());
    }
  },
  /** A URL that is asked every second. */
  HTTP {
    @Override
    Directory open(Path folder) {
      return new HttpDirectory(POLL);
    }

    @Override
    Duration settleTime() {
      return POLL.plus(super.settleTime());
    }
  },
  /** A name server, whose records live for a second. */
  DNS {
    @Override
    Directory open(Path folder) {
      return new DnsDirectory(folder);
    }

    @Override
    Duration settleTime() {
      return POLL.plus(super.settleTime());
    }
  };

  private static final Duration POLL = Duration.ofSeconds(1);

  /** Longer than it takes until nothing of a change is under way any more. */
  Duration settleTime() {
    return Duration.ofMillis(300);
  }

  /** Opens one, with a server of its own whose files go to this folder. */
  abstract Directory open(Path folder);

  private static String url(InetSocketAddress server) {
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
}

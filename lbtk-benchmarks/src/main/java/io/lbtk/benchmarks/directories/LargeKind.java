package io.lbtk.benchmarks.directories;

import io.lbtk.benchmarks.directories.EntryWriter.EtcdWriter;
import io.lbtk.benchmarks.directories.EntryWriter.RedisWriter;
import io.lbtk.benchmarks.directories.EntryWriter.ZookeeperWriter;
import io.lbtk.benchmarks.servers.LocalServers;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.etcd.EtcdRefresher;
import io.lbtk.redis.RedisRefresher;
import io.lbtk.testkit.servers.ServerProcess;
import io.lbtk.zookeeper.ZookeeperFormat;
import io.lbtk.zookeeper.ZookeeperRefresher;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The directories that can have many entries. But for the timeout of Redis all is as it is by
 * default.
 */
enum LargeKind {
  /** Children of ZooKeeper whose names are the targets. */
  ZOOKEEPER_NAMES("ZooKeeper 3.9, names") {
    @Override
    ServerProcess start(Path folder) {
      return LocalServers.zookeeper(folder);
    }

    @Override
    EntryWriter writer(InetSocketAddress server) throws Exception {
      return new ZookeeperWriter(connect(server), PATH, false);
    }

    @Override
    PolledRefresher.Builder<?> refresher(InetSocketAddress server) {
      return ZookeeperRefresher.builder(connect(server), PATH).format(ZookeeperFormat.NAME);
    }
  },
  /** Children of ZooKeeper, as the registrar writes them. */
  ZOOKEEPER_DATA("ZooKeeper 3.9, data") {
    @Override
    ServerProcess start(Path folder) {
      return LocalServers.zookeeper(folder);
    }

    @Override
    EntryWriter writer(InetSocketAddress server) throws Exception {
      return new ZookeeperWriter(connect(server), PATH, true);
    }

    @Override
    PolledRefresher.Builder<?> refresher(InetSocketAddress server) {
      return ZookeeperRefresher.builder(connect(server), PATH);
    }
  },
  /** Keys of etcd. */
  ETCD("etcd 3.4") {
    @Override
    ServerProcess start(Path folder) {
      return LocalServers.etcd(folder);
    }

    @Override
    EntryWriter writer(InetSocketAddress server) {
      return new EtcdWriter(server, PATH + "/");
    }

    @Override
    PolledRefresher.Builder<?> refresher(InetSocketAddress server) {
      return EtcdRefresher.builder(List.of(LocalServers.url(server)), PATH);
    }
  },
  /** Fields of a hash of Redis, which tells that the hash has changed. */
  REDIS_HASH("Redis 7.0, a hash") {
    @Override
    ServerProcess start(Path folder) {
      return LocalServers.redis(folder);
    }

    @Override
    EntryWriter writer(InetSocketAddress server) {
      return new RedisWriter(uri(server), PATH);
    }

    @Override
    PolledRefresher.Builder<?> refresher(InetSocketAddress server) {
      return RedisRefresher.builder(uri(server), PATH).timeout(ONE_ANSWER);
    }
  };

  private static final String PATH = "/web";

  /** A hash comes in one answer: a million fields can take longer than the default. */
  private static final Duration ONE_ANSWER = Duration.ofSeconds(30);

  private final String title;

  LargeKind(String title) {
    this.title = title;
  }

  /** For people. */
  String title() {
    return title;
  }

  /** Starts a server, whose files go to this folder. The caller closes it. */
  abstract ServerProcess start(Path folder);

  /** Connects to a server, to write to it. The caller closes it. */
  abstract EntryWriter writer(InetSocketAddress server) throws Exception;

  /** Makes a refresher of what is written. */
  abstract PolledRefresher.Builder<?> refresher(InetSocketAddress server);

  private static String connect(InetSocketAddress server) {
    return "127.0.0.1:" + server.getPort();
  }

  private static URI uri(InetSocketAddress server) {
    return URI.create("redis://127.0.0.1:" + server.getPort());
  }
}

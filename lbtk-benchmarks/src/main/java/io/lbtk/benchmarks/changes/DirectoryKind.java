package io.lbtk.benchmarks.changes;

import io.lbtk.benchmarks.servers.LocalServers;
import io.lbtk.consul.ConsulRefresher;
import io.lbtk.consul.ConsulRegistrar;
import io.lbtk.etcd.EtcdRefresher;
import io.lbtk.etcd.EtcdRegistrar;
import io.lbtk.redis.RedisRefresher;
import io.lbtk.redis.RedisRegistrar;
import io.lbtk.testkit.ServerProcess;
import io.lbtk.zookeeper.ZookeeperRefresher;
import io.lbtk.zookeeper.ZookeeperRegistrar;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

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
      ServerProcess server = LocalServers.zookeeper(folder);
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
      ServerProcess server = LocalServers.etcd(folder);
      List<String> endpoints = List.of(LocalServers.url(server.address()));
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
      ServerProcess server = LocalServers.redis(folder);
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
      ServerProcess server = LocalServers.consul(folder);
      URI agent = URI.create(LocalServers.url(server.address()));
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
}

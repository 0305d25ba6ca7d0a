package io.lbtk.zookeeper;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ZKConfig;
import org.apache.zookeeper.data.ACL;

/**
 * The servers, and the parameters of connections.
 *
 * @param connect the connect string: {@code host:port,host:port/root}
 * @param timeout the time after which silent or unreachable servers are a failure
 * @param maxSize the largest size of an answer, in bytes
 * @param credentials the credentials for digest authentication, if any; may change
 */
record Ensemble(
    String connect, Duration timeout, int maxSize, Optional<Supplier<Credentials>> credentials) {

  /** Checks the connect string early. */
  Ensemble {
    var unused = new ConnectStringParser(connect);
  }

  /** Returns an ensemble with default parameters. */
  static Ensemble of(String connect) {
    return new Ensemble(
        connect,
        ZookeeperOptions.TIMEOUT.defaultValue().orElseThrow(),
        Math.toIntExact(ZookeeperOptions.MAX_SIZE.defaultValue().orElseThrow()),
        Optional.empty());
  }

  Ensemble withTimeout(Duration timeout) {
    return new Ensemble(connect, timeout, maxSize, credentials);
  }

  Ensemble withMaxSize(int maxSize) {
    return new Ensemble(connect, timeout, maxSize, credentials);
  }

  Ensemble withCredentials(Supplier<Credentials> credentials) {
    return new Ensemble(connect, timeout, maxSize, Optional.of(credentials));
  }

  /** Returns a client that is not started; the caller closes it. */
  CuratorFramework newClient(Duration session) {
    // Per client, because a system property would apply to the whole process.
    ZKClientConfig config = new ZKClientConfig();
    config.setProperty(ZKConfig.JUTE_MAXBUFFER, Integer.toString(maxSize));
    return CuratorFrameworkFactory.builder()
        .connectString(connect)
        // The addresses in the configuration of the servers may not be reachable from here.
        .ensembleTracker(false)
        .zkClientConfig(config)
        .sessionTimeoutMs(Math.toIntExact(session.toMillis()))
        // Curator warns if this is longer than the session timeout.
        .connectionTimeoutMs(Math.toIntExact(Math.min(timeout.toMillis(), session.toMillis())))
        .retryPolicy(new RetryOneTime(1))
        .build();
  }

  /** Returns the ACL of written nodes, which everybody may read. */
  List<ACL> acl() {
    if (credentials.isEmpty()) {
      return ZooDefs.Ids.OPEN_ACL_UNSAFE;
    }
    // Not List.of: the client calls contains(null).
    return Arrays.asList(
        ZooDefs.Ids.READ_ACL_UNSAFE.get(0), new ACL(ZooDefs.Perms.ALL, ZooDefs.Ids.AUTH_IDS));
  }

  /** Describes a failure at a node. */
  String problem(String path, KeeperException cause) {
    String what =
        switch (cause.code()) {
          case NONODE -> "no such node (expected: one whose children are the targets)";
          case NOAUTH -> "not authorized (expected: user and password of an authorized user)";
          case AUTHFAILED -> "authentication failed (expected: valid user and password)";
          case CONNECTIONLOSS -> "the connection was lost";
          case SESSIONEXPIRED -> "the session has expired";
          case UNIMPLEMENTED -> "the server is too old (expected: ZooKeeper 3.6 or newer)";
          default -> String.valueOf(cause.getMessage());
        };
    return at(path) + ": " + what;
  }

  /** Describes a node. */
  String at(String path) {
    return "ZooKeeper " + connect + ", " + path;
  }

  /** Returns the servers, without the password. */
  @Override
  public String toString() {
    return "ZooKeeper " + connect;
  }
}

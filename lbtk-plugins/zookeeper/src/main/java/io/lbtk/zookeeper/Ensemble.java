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
 * The servers, and how to speak with them.
 *
 * @param connect as ZooKeeper writes it: {@code host:port,host:port/root}
 * @param timeout how long they may be silent, or out of reach
 * @param maxSize the longest answer that is taken, in bytes
 * @param credentials of digest authentication, if it is wanted; they may change
 */
record Ensemble(
    String connect, Duration timeout, int maxSize, Optional<Supplier<Credentials>> credentials) {

  /** Checks what would fail later, out of sight. */
  Ensemble {
    var unused = new ConnectStringParser(connect);
  }

  /** Servers with all else as it is by default. */
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

  /** A client, not started yet. It is the caller's, who closes it. */
  CuratorFramework newClient(Duration session) {
    // The limits are the client's own: a property of the system would be one of all that runs here.
    ZKClientConfig config = new ZKClientConfig();
    config.setProperty(ZKConfig.JUTE_MAXBUFFER, Integer.toString(maxSize));
    return CuratorFrameworkFactory.builder()
        .connectString(connect)
        // What servers say of their addresses need not hold where this runs.
        .ensembleTracker(false)
        .zkClientConfig(config)
        .sessionTimeoutMs(Math.toIntExact(session.toMillis()))
        // Curator warns where this is the longer.
        .connectionTimeoutMs(Math.toIntExact(Math.min(timeout.toMillis(), session.toMillis())))
        .retryPolicy(new RetryOneTime(1))
        .build();
  }

  /** Who may do what with a node that is written: all may read it. */
  List<ACL> acl() {
    if (credentials.isEmpty()) {
      return ZooDefs.Ids.OPEN_ACL_UNSAFE;
    }
    // Not List.of, which takes it ill that the client asks whether null is in it.
    return Arrays.asList(
        ZooDefs.Ids.READ_ACL_UNSAFE.get(0), new ACL(ZooDefs.Perms.ALL, ZooDefs.Ids.AUTH_IDS));
  }

  /** What went wrong at a node, for people. */
  String problem(String path, KeeperException cause) {
    String what =
        switch (cause.code()) {
          case NONODE -> "no such node (expected: one whose children are the targets)";
          case NOAUTH -> "not allowed (expected: user and password of somebody who is)";
          case AUTHFAILED -> "the user is not known (expected: user and password)";
          case CONNECTIONLOSS -> "the connection was lost";
          case SESSIONEXPIRED -> "the session has expired";
          case UNIMPLEMENTED -> "the server is too old (expected: ZooKeeper 3.6 or newer)";
          default -> String.valueOf(cause.getMessage());
        };
    return at(path) + ": " + what;
  }

  /** A node, for people. */
  String at(String path) {
    return "ZooKeeper " + connect + ", " + path;
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "ZooKeeper " + connect;
  }
}

package io.lbtk.etcd;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.DirectoryContract;
import io.lbtk.testkit.servers.DirectoryServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class EtcdRefresherContractTest extends DirectoryContract {

  @TempDir private static Path folder;
  private static TestEtcd etcd;

  private final String prefix = TestEtcd.newPrefix();

  @BeforeAll
  static void startEtcd() {
    etcd = TestEtcd.start(folder);
  }

  @AfterAll
  static void closeEtcd() {
    etcd.close();
  }

  @Override
  protected DirectoryServer server() {
    return etcd.server();
  }

  @Override
  protected Refresher newRefresher(InetSocketAddress server) {
    return EtcdRefresher.builder(List.of("127.0.0.1:" + server.getPort()), prefix)
        .timeout(Duration.ofSeconds(2))
        .build();
  }

  @Override
  protected void write(List<Target> targets) {
    etcd.replace(prefix, targets);
  }

  @Override
  protected void writeGarbage() {
    etcd.put(prefix + "garbage", "no target at all");
  }
}

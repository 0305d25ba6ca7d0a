package io.lbtk.zookeeper;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.DirectoryContract;
import io.lbtk.testkit.servers.DirectoryServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class ZookeeperDirectoryTest extends DirectoryContract {

  private static final AtomicInteger TESTS = new AtomicInteger();

  private static Directory directory;
  private String path;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    directory = new Directory(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    directory.close();
  }

  @BeforeEach
  void newPlace() {
    path = "/web" + TESTS.incrementAndGet();
  }

  @Override
  protected DirectoryServer server() {
    return directory.server();
  }

  @Override
  protected Refresher newRefresher(InetSocketAddress server) {
    return ZookeeperRefresher.builder(Directory.text(server), path)
        .timeout(Duration.ofSeconds(1))
        .build();
  }

  @Override
  protected void write(List<Target> targets) throws Exception {
    directory.set(path, targets);
  }

  @Override
  protected void writeGarbage() throws Exception {
    directory.put(path + "/garbage", "no target at all");
  }
}

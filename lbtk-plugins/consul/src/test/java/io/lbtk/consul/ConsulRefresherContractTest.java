package io.lbtk.consul;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.DirectoryContract;
import io.lbtk.testkit.servers.DirectoryServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class ConsulRefresherContractTest extends DirectoryContract {

  private static ConsulAgent agent;
  private static int number;

  private final String service = "web-" + number++;

  @BeforeAll
  static void startAgent(@TempDir Path folder) {
    agent = new ConsulAgent(folder);
  }

  @AfterAll
  static void endAgent() {
    if (agent != null) {
      agent.close();
    }
  }

  @Override
  protected DirectoryServer server() {
    return agent;
  }

  @Override
  protected Refresher newRefresher(InetSocketAddress server) {
    return ConsulRefresher.builder(URI.create("http://127.0.0.1:" + server.getPort()), service)
        .build();
  }

  @Override
  protected void write(List<Target> targets) {
    agent.write(service, targets);
  }

  @Override
  protected void writeGarbage() {
    agent.register(service, "\"ID\":\"%s-bad\",\"Port\":0".formatted(service));
  }
}

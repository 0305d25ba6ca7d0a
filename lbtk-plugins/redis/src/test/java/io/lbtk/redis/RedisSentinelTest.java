package io.lbtk.redis;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.testkit.RecordingListener;
import io.lbtk.testkit.servers.InstalledProgram;
import io.lbtk.testkit.servers.ServerProcess;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A master that a sentinel knows. */
class RedisSentinelTest {

  @TempDir private Path folder;

  @Test
  void theMasterIsAskedForWhoeverThatIs() throws Exception {
    RecordingListener listener = new RecordingListener();
    Path home = Files.createDirectory(folder.resolve("master"));
    try (RedisInstance master = new RedisInstance(home);
        ServerProcess sentinel = sentinel(master.uri().getPort())) {
      URI uri =
          URI.create("redis-sentinel://127.0.0.1:%d#main".formatted(sentinel.address().getPort()));
      try (Registrar registrar = RedisRegistrar.builder(uri, "web").build();
          Refresher refresher =
              RedisRefresher.builder(uri, "web").interval(Duration.ofHours(1)).build()) {
        refresher.start(listener);
        listener.awaitTargets(List.of());

        registrar.register(Target.of("10.0.0.1", 80)).get(30, SECONDS);

        listener.awaitTargets("10.0.0.1:80");
      }
    }
  }

  private ServerProcess sentinel(int master) {
    Path program = InstalledProgram.required("redis-server");
    return new ServerProcess(
        folder.resolve("log"),
        port -> {
          Path file = folder.resolve("sentinel-%d.conf".formatted(port));
          Files.writeString(
              file,
              "port %d\nbind 127.0.0.1\ndir %s\nsentinel monitor main 127.0.0.1 %d 1\n"
                  .formatted(port, folder, master));
          return List.of(program.toString(), file.toString(), "--sentinel");
        },
        ServerProcess::accepts);
  }
}

package io.lbtk.benchmarks.directories;

import io.lbtk.api.Target;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;

/** Writes fields of a hash of Redis. */
final class RedisWriter implements EntryWriter {

  private final StepsUnderWay steps = new StepsUnderWay();
  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;
  private final String key;

  RedisWriter(URI server, String key) {
    this.client = RedisClient.create(server.toString());
    this.connection = client.connect();
    this.key = key;
  }

  @Override
  public int step() {
    return 1000;
  }

  @Override
  public void write(List<Target> targets) throws InterruptedException {
    steps.begin();
    var unused =
        connection
            .async()
            .hset(
                key,
                targets.stream()
                    .collect(
                        Collectors.toMap(Target::hostPort, target -> "weight=" + target.weight())))
            .whenComplete(
                (done, cause) -> {
                  if (cause == null) {
                    steps.end();
                  } else {
                    steps.fail(cause);
                  }
                });
  }

  @Override
  public void await() throws InterruptedException {
    steps.await();
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown();
  }
}

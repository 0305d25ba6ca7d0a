package io.lbtk.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lbtk.testkit.servers.DirectoryServer;
import io.lbtk.testkit.servers.InstalledProgram;
import io.lbtk.testkit.servers.ServerProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** A server of Redis that keeps its data, and a connection to change them by. */
final class RedisInstance implements AutoCloseable {

  private static final AtomicInteger KEYS = new AtomicInteger();

  private final ServerProcess process;
  private final ClientResources resources =
      ClientResources.builder().reconnectDelay(Delay.constant(Duration.ofMillis(20))).build();
  private final RedisClient client = RedisClient.create(resources);
  private final StatefulRedisConnection<String, String> connection;

  /**
   * Starts it.
   *
   * @param options beside those of all servers, as on its command line
   */
  RedisInstance(Path folder, String... options) {
    this(folder, RedisURI.Builder.redis("127.0.0.1").build(), port -> List.of(options));
  }

  /**
   * Starts it.
   *
   * @param login how the tests come in
   * @param options for its port; the next is free, too
   */
  RedisInstance(Path folder, RedisURI login, IntFunction<List<String>> options) {
    Path program = InstalledProgram.required("redis-server");
    process =
        new ServerProcess(
            folder.resolve("log"),
            port -> {
              List<String> command = new ArrayList<>();
              command.add(program.toString());
              command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1"));
              command.addAll(List.of("--dir", folder.toString(), "--save", ""));
              command.addAll(List.of("--appendonly", "yes"));
              command.addAll(List.of("--notify-keyspace-events", "Kgxe$hzs"));
              command.addAll(options.apply(port));
              return command;
            },
            RedisInstance::hasData);
    login.setPort(process.address().getPort());
    connection = client.connect(login);
  }

  /** It accepts connections before it has read its data, and then says so. */
  private static boolean hasData(InetSocketAddress server) throws IOException {
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      socket.getOutputStream().write("PING\r\n".getBytes(US_ASCII));
      String answer = new String(socket.getInputStream().readNBytes(5), US_ASCII);
      return answer.equals("+PONG") || answer.equals("-NOAU");
    }
  }

  /** A key that no other test has. */
  static String newKey() {
    return "lb:web-" + KEYS.incrementAndGet();
  }

  DirectoryServer process() {
    return process;
  }

  /** A connection that takes any bytes. */
  StatefulRedisConnection<byte[], byte[]> newConnection() {
    return client.connect(ByteArrayCodec.INSTANCE, RedisURI.create(uri().toString()));
  }

  URI uri() {
    return uri(process.address());
  }

  static URI uri(InetSocketAddress address) {
    return URI.create("redis://127.0.0.1:" + address.getPort());
  }

  /** Commands; the connection is made anew after the server was away. */
  RedisCommands<String, String> commands() {
    return connection.sync();
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown();
    resources.shutdown();
    process.close();
  }
}

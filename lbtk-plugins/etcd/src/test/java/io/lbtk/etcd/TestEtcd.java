package io.lbtk.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.lbtk.api.Target;
import io.lbtk.testkit.servers.InstalledProgram;
import io.lbtk.testkit.servers.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** A server of etcd that a test writes to. */
final class TestEtcd implements AutoCloseable {

  private static final int ALL_IN_ONE_STEP = 25_000;
  private static final int PROBE_MILLIS = 2000;
  private static final AtomicInteger PREFIXES = new AtomicInteger();

  private final Path folder;
  private final ServerProcess server;
  private final ManagedChannel channel;

  private TestEtcd(Path folder, ServerProcess server) {
    this.folder = folder;
    this.server = server;
    this.channel = NettyChannelBuilder.forAddress(server.address()).usePlaintext().build();
  }

  /** Starts one that speaks to anybody. */
  static TestEtcd start(Path folder) {
    return new TestEtcd(folder, process(folder, "http", TestEtcd::isHealthy));
  }

  /** Starts one in TLS, which cannot be written to by this. */
  static TestEtcd startInTls(Path folder, Path certificate, Path key) {
    return new TestEtcd(
        folder,
        process(
            folder,
            "https",
            ServerProcess::accepts,
            "--cert-file=" + certificate,
            "--key-file=" + key));
  }

  /**
   * Starts one of several that are one cluster; it does not answer before most of them run.
   *
   * @param peers where it speaks to the others
   * @param cluster of all members, {@code name=peers} with commas
   */
  static TestEtcd startMember(Path folder, String name, String peers, String cluster) {
    return new TestEtcd(
        folder,
        process(
            folder,
            "http",
            port -> peers,
            ServerProcess::accepts,
            "--name=" + name,
            "--initial-cluster=" + cluster));
  }

  private static ServerProcess process(
      Path folder, String scheme, ServerProcess.Probe probe, String... more) {
    return process(folder, scheme, port -> "http://127.0.0.1:" + (port + 1), probe, more);
  }

  private static ServerProcess process(
      Path folder,
      String scheme,
      IntFunction<String> peersOf,
      ServerProcess.Probe probe,
      String... more) {
    Path etcd = InstalledProgram.required("etcd");
    return new ServerProcess(
        folder.resolve("log"),
        port -> {
          String clients = scheme + "://127.0.0.1:" + port;
          String peers = peersOf.apply(port);
          List<String> command =
              new ArrayList<>(
                  List.of(
                      etcd.toString(),
                      "--data-dir=" + data(folder, port),
                      "--listen-client-urls=" + clients,
                      "--advertise-client-urls=" + clients,
                      "--listen-peer-urls=" + peers,
                      "--initial-advertise-peer-urls=" + peers,
                      "--initial-cluster=default=" + peers,
                      "--max-txn-ops=" + ALL_IN_ONE_STEP,
                      "--max-request-bytes=" + (16 << 20),
                      "--logger=zap",
                      "--log-level=warn"));
          command.addAll(Arrays.asList(more));
          return command;
        },
        probe);
  }

  private static Path data(Path folder, int port) {
    return folder.resolve("data-" + port);
  }

  private static boolean isHealthy(InetSocketAddress server) throws IOException {
    HttpURLConnection health =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:%d/health".formatted(server.getPort()))
                .toURL()
                .openConnection();
    health.setReadTimeout(PROBE_MILLIS);
    return health.getResponseCode() == 200;
  }

  /** Waits until it answers, which one of several does as soon as most of them run. */
  void awaitHealthy() {
    await("health of the server")
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(() -> isHealthy(server.address()));
  }

  /** A prefix that no other test has. */
  static String newPrefix() {
    return "/lbtk/test-%d/".formatted(PREFIXES.incrementAndGet());
  }

  ServerProcess server() {
    return server;
  }

  /** Where it is, for a refresher. */
  String endpoint() {
    return "http://127.0.0.1:" + server.address().getPort();
  }

  private KVGrpc.KVBlockingStub keys() {
    channel.resetConnectBackoff();
    return KVGrpc.newBlockingStub(channel)
        .withWaitForReady()
        .withMaxInboundMessageSize(64 << 20)
        .withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  void put(String key, String value) {
    put(key, ByteString.copyFromUtf8(value));
  }

  void put(String key, ByteString value) {
    keys().put(PutRequest.newBuilder().setKey(utf8(key)).setValue(value).build());
  }

  void delete(String key) {
    keys().deleteRange(DeleteRangeRequest.newBuilder().setKey(utf8(key)).build());
  }

  void deleteAll(String prefix) {
    keys()
        .deleteRange(
            DeleteRangeRequest.newBuilder()
                .setKey(utf8(prefix))
                .setRangeEnd(new EtcdPrefix(prefix).end())
                .build());
  }

  /** Puts these targets, each as text under its host:port, in the place of all of a prefix. */
  void replace(String prefix, List<Target> targets) {
    Map<ByteString, String> wanted = new LinkedHashMap<>();
    targets.forEach(target -> wanted.put(utf8(prefix + target.hostPort()), target.toString()));
    TxnRequest.Builder step = TxnRequest.newBuilder();
    for (KeyValue there : range(prefix).getKvsList()) {
      if (!wanted.containsKey(there.getKey())) {
        step.addSuccess(
            RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(there.getKey())));
      }
    }
    wanted.forEach(
        (key, value) ->
            step.addSuccess(
                RequestOp.newBuilder()
                    .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(utf8(value)))));
    keys().txn(step.build());
  }

  /** What stands under a prefix: the values by their keys. */
  Map<String, String> read(String prefix) {
    Map<String, String> found = new LinkedHashMap<>();
    range(prefix)
        .getKvsList()
        .forEach(kv -> found.put(kv.getKey().toStringUtf8(), kv.getValue().toStringUtf8()));
    return found;
  }

  RangeResponse range(String prefix) {
    return keys()
        .range(
            RangeRequest.newBuilder()
                .setKey(utf8(prefix))
                .setRangeEnd(new EtcdPrefix(prefix).end())
                .build());
  }

  /** Starts it again without its data. */
  void restartEmpty() throws IOException {
    server.kill();
    Path data = data(folder, server.address().getPort());
    Files.move(data, data.resolveSibling("old-data"));
    server.start();
  }

  /** How many watches it was asked for since it was started. */
  double watchesEver() throws IOException {
    try (InputStream metrics = URI.create(endpoint() + "/metrics").toURL().openStream()) {
      return new String(metrics.readAllBytes(), UTF_8)
          .lines()
          .filter(
              line ->
                  line.startsWith("grpc_server_started_total")
                      && line.contains("grpc_method=\"Watch\""))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
          .sum();
    }
  }

  /** Forgets all that was before now. */
  void compact() {
    long now = range("/").getHeader().getRevision();
    keys().compact(CompactionRequest.newBuilder().setRevision(now).setPhysical(true).build());
  }

  private static ByteString utf8(String text) {
    return ByteString.copyFromUtf8(text);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
  }
}

package io.lbtk.consul;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.api.Target;
import io.lbtk.testkit.servers.DirectoryServer;
import io.lbtk.testkit.servers.InstalledProgram;
import io.lbtk.testkit.servers.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A server of Consul. It keeps its data. Targets are put into its catalogue, on a node that is no
 * agent's, so that they stand there however long the agent is away.
 */
final class ConsulAgent implements DirectoryServer {

  /** Consul takes no more operations in one transaction. */
  private static final int TRANSACTION = 64;

  private static final HttpClient client = HttpClient.newHttpClient();

  private final String token;
  private final ServerProcess process;

  /** Which targets were written last, by the service. */
  private final Map<String, Map<String, Target>> written = new TreeMap<>();

  ConsulAgent(Path folder) {
    this(folder, "", "");
  }

  /**
   * A server with further settings.
   *
   * @param settings as its configuration language has them
   * @param token to write with; empty for none
   */
  ConsulAgent(Path folder, String settings, String token) {
    this.token = token;
    String program = InstalledProgram.ifInstalled("consul").toString();
    this.process =
        new ServerProcess(
            folder.resolve("consul.log"),
            port ->
                List.of(
                    program,
                    "agent",
                    "-server",
                    "-bootstrap-expect=1",
                    "-node=lbtk",
                    "-data-dir=" + folder.resolve("data"),
                    "-bind=127.0.0.1",
                    "-client=127.0.0.1",
                    "-http-port=" + port,
                    "-serf-lan-port=" + (port + 1),
                    "-server-port=" + (port + 2),
                    "-serf-wan-port=-1",
                    "-dns-port=-1",
                    "-grpc-port=-1",
                    "-log-level=warn",
                    "-hcl=disable_update_check = true performance { raft_multiplier = 1 } "
                        + settings),
            address -> hasLeader(address));
  }

  private boolean hasLeader(InetSocketAddress address) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at(address, "/v1/catalog/service/consul"))
            .header("X-Consul-Token", token);
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() == 200 && !answer.headers().firstValue("X-Consul-Index").isEmpty();
  }

  private static URI at(InetSocketAddress address, String path) {
    return URI.create("http://127.0.0.1:" + address.getPort() + path);
  }

  URI url() {
    return at(address(), "");
  }

  /** Puts, and gives what is answered to that. */
  String put(String path, String body) {
    return put(path, body.getBytes(UTF_8));
  }

  String put(String path, byte[] body) {
    return call(path, "PUT", HttpRequest.BodyPublishers.ofByteArray(body));
  }

  String get(String path) {
    return call(path, "GET", HttpRequest.BodyPublishers.noBody());
  }

  private String call(String path, String method, HttpRequest.BodyPublisher body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(at(address(), path)).method(method, body);
    if (!token.isEmpty()) {
      request.header("X-Consul-Token", token);
    }
    try {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new AssertionError(path + ": " + answer.statusCode() + " " + answer.body());
      }
      return answer.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Registers an instance on a node of the catalogue: the JSON of its Service, without braces. */
  void register(String service, String fields) {
    put(
        "/v1/catalog/register",
        """
        {"Node":"elsewhere","Address":"10.9.9.9","Service":{"Service":"%s",%s}}
        """
            .formatted(service, fields));
  }

  /** Makes a service have exactly these targets, as far as one transaction goes in one step. */
  void write(String service, List<Target> targets) {
    put(
        "/v1/catalog/register",
        """
        {"Node":"elsewhere","Address":"10.9.9.9"}
        """);
    Map<String, Target> wanted = new TreeMap<>();
    targets.forEach(target -> wanted.put(target.hostPort(), target));
    Map<String, Target> before = written.getOrDefault(service, Map.of());
    List<String> operations = new ArrayList<>();
    wanted.values().stream()
        .filter(target -> !target.equals(before.get(target.hostPort())))
        .forEach(target -> operations.add(set(service, target)));
    before.keySet().stream()
        .filter(gone -> !wanted.containsKey(gone))
        .forEach(gone -> operations.add(delete(service, gone)));
    for (int i = 0; i < operations.size(); i += TRANSACTION) {
      List<String> some = operations.subList(i, Math.min(operations.size(), i + TRANSACTION));
      put("/v1/txn", "[" + String.join(",", some) + "]");
    }
    written.put(service, wanted);
  }

  private static String set(String service, Target target) {
    StringBuilder meta = new StringBuilder("\"lbtk-priority\":\"" + target.priority() + "\"");
    target
        .attributes()
        .forEach((name, value) -> meta.append(",\"%s\":\"%s\"".formatted(name, value)));
    if (target.weight() == 0) {
      meta.append(",\"lbtk-weight\":\"0\"");
    }
    int weight = Math.max(1, target.weight());
    return """
        {"Service":{"Verb":"set","Node":"elsewhere","Service":{
          "ID":"%s-%s","Service":"%s","Address":"%s","Port":%d,
          "Weights":{"Passing":%d,"Warning":%d},"Meta":{%s}}}}
        """
        .formatted(
            service,
            target.hostPort(),
            service,
            target.host(),
            target.port(),
            weight,
            weight,
            meta);
  }

  private static String delete(String service, String hostPort) {
    return """
        {"Service":{"Verb":"delete","Node":"elsewhere","Service":{
          "ID":"%s-%s","Service":"%s"}}}
        """
        .formatted(service, hostPort, service);
  }

  void suspend() {
    process.suspend();
  }

  void resume() {
    process.resume();
  }

  @Override
  public InetSocketAddress address() {
    return process.address();
  }

  @Override
  public void stop() {
    process.stop();
  }

  @Override
  public void kill() {
    process.kill();
  }

  @Override
  public void start() {
    process.start();
  }

  @Override
  public void close() {
    process.close();
  }
}

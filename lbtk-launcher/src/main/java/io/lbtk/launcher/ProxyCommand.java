package io.lbtk.launcher;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** A proxy that is fed by token ports. */
@Command(
    name = "proxy",
    description = "A proxy on LISTEN, fed by the token ports: the first that answers is used.")
final class ProxyCommand implements Callable<Integer> {

  @ParentCommand
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Main lbtk;

  @Option(names = "--type", paramLabel = "T", description = "How bytes are moved. Default: tcp")
  private @Nullable String type;

  @Option(names = "--loops", paramLabel = "N", description = "Event loops. Default: the cores")
  private @Nullable String loops;

  @Option(
      names = "--option",
      paramLabel = "k=v",
      description = "An option of the proxy: --option idle-timeout=5m")
  private Map<String, String> options = new LinkedHashMap<>();

  @Parameters(
      index = "0",
      paramLabel = "LISTEN",
      description = "Where clients are accepted: 127.0.0.1:8080")
  private String listen = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "URI",
      description = "Token ports in order: tcp://127.0.0.1:1024")
  private List<String> uris = List.of();

  @Override
  public Integer call() {
    for (String uri : uris) {
      if (!uri.contains("://")) {
        throw new UsageException(
            "URI = %s (expected: a URI such as tcp://127.0.0.1:1024)".formatted(uri));
      }
    }
    Args words =
        new Args()
            .put("--type", "proxy.main.type", type)
            .put("LISTEN", "proxy.main.listen", listen)
            .putList("URI", "proxy.main.tokens", uris)
            .put("--loops", "proxy.main.loops", loops);
    words.putOptions("proxy.main", options);
    try (Launch launch = Launch.ofWords(words.entries(), lbtk.common())) {
      return Launch.run(launch.planOfWords());
    }
  }
}

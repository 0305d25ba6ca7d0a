package io.lbtk.launcher;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Echo servers, to try things with. */
@Command(name = "echo", description = "Servers that send back what they receive.")
final class EchoCommand implements Callable<Integer> {

  @ParentCommand
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Main lbtk;

  @Option(
      names = "--type",
      paramLabel = "T",
      description = "How bytes are moved: nio, splice (Linux) or udp. Default: nio")
  private @Nullable String type;

  @Option(names = "--loops", paramLabel = "N", description = "Event loops. Default: the cores")
  private @Nullable String loops;

  @Option(
      names = "--greet",
      description = "Send each client a line first, which says which server it has reached.")
  private boolean greet;

  @Parameters(
      arity = "1..*",
      paramLabel = "LISTEN",
      description = "Where it listens: 127.0.0.1:8000")
  private List<String> listen = List.of();

  @Override
  public Integer call() {
    Args words =
        new Args()
            .put("--type", "echo.main.type", type)
            .putList("LISTEN", "echo.main.listen", listen)
            .put("--loops", "echo.main.loops", loops)
            .put("--greet", "echo.main.greet", greet ? "true" : null);
    try (Launch launch = Launch.ofWords(words.entries(), lbtk.common())) {
      return Launch.run(launch.planOfWords());
    }
  }
}

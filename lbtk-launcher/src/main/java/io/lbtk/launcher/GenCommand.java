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

/** A generator of the lists on the standard input. */
@Command(
    name = "gen",
    description = {
      "Reads lists of targets on the standard input, and serves tokens. Blank lines end a list,"
          + " and so does the end of the input. Each list replaces the last.",
      "It serves on after the end of its input."
    })
final class GenCommand implements Callable<Integer> {

  @ParentCommand
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Main lbtk;

  @Option(names = "--policy", paramLabel = "P", description = "Which target is picked.")
  private @Nullable String policy;

  @Option(
      names = "--option",
      paramLabel = "k=v",
      description = "An option of the generator: --option lease-grace=10s")
  private Map<String, String> options = new LinkedHashMap<>();

  @Parameters(
      arity = "1..*",
      paramLabel = "URI",
      description = "Where tokens are served: tcp://127.0.0.1:1024")
  private List<String> uris = List.of();

  @Override
  public Integer call() {
    Args words =
        new Args()
            .put("gen", "refresher.stdin.type", "stdin")
            .put("gen", "generator.main.refreshers", "stdin")
            .put("--policy", "generator.main.policy", policy)
            .putList("URI", "generator.main.listen", uris);
    words.putOptions("generator.main", options);
    try (Launch launch = Launch.ofWords(words.entries(), lbtk.common())) {
      return Launch.run(launch.planOfWords());
    }
  }
}

package io.lbtk.launcher;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.Outcome;
import io.lbtk.api.Shortage;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.api.TokenTransportProvider;
import io.lbtk.core.plugin.Plugin;
import io.lbtk.core.plugin.PluginKind;
import io.lbtk.core.settings.Suggestion;
import io.lbtk.launcher.topology.Topology;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Prints the targets of tokens. */
@Command(
    name = "tokens",
    description =
        "Takes tokens from a token port as a PULL socket does, and prints the host:port of each."
            + " It goes on until it is stopped or nobody reads.")
final class TokensCommand implements Callable<Integer> {

  /** Prefix of schemes that take tokens without asking for each. */
  private static final String PULL = "pull+";

  @ParentCommand
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Main lbtk;

  @Option(names = "--count", paramLabel = "N", description = "End after N tokens.")
  private long count = Long.MAX_VALUE;

  @Option(
      names = "--lease",
      description = "Ask for one token after the other, as proxies do, and return each unused.")
  private boolean lease;

  @Parameters(paramLabel = "URI", description = "The token port: tcp://127.0.0.1:1024")
  private String uri = "";

  @Override
  public Integer call() {
    if (count < 1) {
      throw new UsageException("--count %d (expected: 1 or more)".formatted(count));
    }
    if (!uri.contains("://")) {
      throw new UsageException(
          "URI = %s (expected: a URI such as tcp://127.0.0.1:1024)".formatted(uri));
    }
    ExecutorService executor = Executors.newSingleThreadExecutor(TokensCommand::thread);
    try (Launch launch = Launch.ofWords(List.of(), lbtk.common());
        Signals signals = Signals.listen();
        Topology topology = Topology.idle(launch.planOfWords());
        TokenSource source = connect(launch, topology, executor)) {
      return print(source, signals);
    } finally {
      executor.shutdown();
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "tokens");
    thread.setDaemon(true);
    return thread;
  }

  private TokenSource connect(Launch launch, Topology topology, ExecutorService executor) {
    String prefix = lease ? "" : PULL;
    String scheme = uri.substring(0, uri.indexOf("://"));
    Map<String, Plugin<TokenTransportProvider>> transports =
        launch.plugins().all(PluginKind.TOKEN_TRANSPORT);
    Plugin<TokenTransportProvider> transport = transports.get(prefix + scheme);
    if (transport == null) {
      List<String> schemes =
          transports.keySet().stream()
              .filter(name -> name.startsWith(prefix))
              .map(name -> name.substring(prefix.length()))
              .toList();
      throw new UsageException(
          "URI = %s: no token transport \"%s\"%s"
              .formatted(uri, scheme, Suggestion.forUnknown(scheme, schemes)));
    }
    try {
      transport.provider().checkConnect(new URI(uri));
      return topology.connect("tokens", prefix + uri, executor);
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw new UsageException(
          "URI = %s (expected: %s://host:port, port 1 to 65535)".formatted(uri, scheme));
    }
  }

  private int print(TokenSource source, Signals signals) {
    Output output = new Output();
    for (long printed = 0; printed < count; ) {
      CompletableFuture<Token> taken = source.take(Demand.any());
      try {
        CompletableFuture.anyOf(taken, signals.first()).join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof NoTokenException none && none.shortage() == Shortage.EXPIRED) {
          continue; // no deadline here: ask again
        }
        throw e;
      }
      if (signals.first().isDone()) {
        taken.cancel(false);
        return Exit.OK;
      }
      Token token = taken.join();
      output.print(List.of(token.target().hostPort()));
      token.release(Outcome.unused());
      printed++;
      if (output.isClosed()) {
        return Exit.OK;
      }
    }
    return Exit.OK;
  }
}

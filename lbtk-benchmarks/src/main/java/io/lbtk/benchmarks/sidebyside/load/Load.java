package io.lbtk.benchmarks.sidebyside.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A process of clients, or of servers, for the side-by-side bench. It does what it is told by the
 * lines on its standard input, answers each by one on its standard output, and ends with its input:
 * so it stays warm, and never outlives who started it.
 */
public final class Load {

  private static final int TIMEOUT_SECONDS = 60;
  private static final int CONCURRENCY_OF_HELD = 32;

  private final LoadLoop loop = new LoadLoop();
  private final RoundTrips roundTrips = new RoundTrips();
  private final List<ClientConnection> held = new ArrayList<>();

  private Load() {}

  /**
   * Reads commands until there are no more.
   *
   * @param args none
   */
  public static void main(String[] args) throws IOException {
    Load load = new Load();
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      System.out.println(load.answer(line));
    }
    System.exit(0);
  }

  private String answer(String line) {
    try {
      String[] words = line.split(" ", -1);
      return "ok" + run(words);
    } catch (ExecutionException e) {
      return "failed " + oneLine(e.getCause());
    } catch (IOException | TimeoutException | RuntimeException e) {
      return "failed " + oneLine(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "failed interrupted";
    }
  }

  private static String oneLine(@Nullable Throwable e) {
    return String.valueOf(e).replace('\n', ' ');
  }

  private String run(String[] words)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    switch (words[0]) {
      case "echo" -> {
        InetSocketAddress address = address(words[1]);
        onLoop(() -> EchoListener.open(loop, address));
        return "";
      }
      case "connections" -> {
        Burst burst = new Burst(loop, address(words[1]), number(words[2]), number(words[3]), null);
        return burst(burst);
      }
      case "hold" -> {
        Burst burst =
            new Burst(loop, address(words[1]), number(words[2]), CONCURRENCY_OF_HELD, held);
        return burst(burst);
      }
      case "release" -> {
        onLoop(
            () -> {
              List<ClientConnection> all = List.copyOf(held);
              held.clear();
              all.forEach(ClientConnection::close);
            });
        return "";
      }
      case "round-trips" -> {
        RoundTrips.Result result =
            roundTrips.run(address(words[1]), number(words[2]), number(words[3]));
        return String.format(
            Locale.ROOT,
            " count=%d p50=%.3f p99=%.3f",
            result.count(),
            result.p50Micros(),
            result.p99Micros());
      }
      default ->
          throw new IllegalArgumentException(
              words[0] + " (expected: echo, connections, hold, release or round-trips)");
    }
  }

  private String burst(Burst burst)
      throws InterruptedException, ExecutionException, TimeoutException {
    loop.execute(burst::begin);
    Burst.Result result = burst.done().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    return String.format(
        Locale.ROOT,
        " seconds=%.6f failed=%d p50=%.3f p99=%.3f",
        result.seconds(),
        result.failed(),
        result.p50Micros(),
        result.p99Micros());
  }

  /** Something that is done on the loop. */
  private interface Step {
    void run() throws IOException;
  }

  private void onLoop(Step step) throws InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            step.run();
            done.complete(null);
          } catch (IOException | RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    done.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  private static InetSocketAddress address(String word) {
    int colon = word.lastIndexOf(':');
    return new InetSocketAddress(word.substring(0, colon), number(word.substring(colon + 1)));
  }

  private static int number(String word) {
    return Integer.parseInt(word);
  }
}

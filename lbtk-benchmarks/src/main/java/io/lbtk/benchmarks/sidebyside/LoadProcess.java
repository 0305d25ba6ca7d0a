package io.lbtk.benchmarks.sidebyside;

import io.lbtk.benchmarks.sidebyside.Children.Child;
import io.lbtk.benchmarks.sidebyside.Fleet.Route;
import io.lbtk.benchmarks.sidebyside.Lbtk.Jdk;
import io.lbtk.benchmarks.sidebyside.load.Load;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A process of clients or of echo servers, see {@link Load}. */
final class LoadProcess {

  private static final int TIMEOUT_SECONDS = 90;

  private final Child child;
  private final BufferedReader answers;

  private LoadProcess(Child child) {
    this.child = child;
    this.answers =
        new BufferedReader(
            new InputStreamReader(child.process().getInputStream(), StandardCharsets.US_ASCII));
  }

  /** Starts one, on the JVM and the class path of this process. */
  static LoadProcess start(String name, Children children) throws IOException {
    return new LoadProcess(
        children.startWithPipes(
            name,
            List.of(
                Jdk.current().home().resolve("bin/java").toString(),
                "-XX:+UseSerialGC",
                "-Xms128m",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Load.class.getName())));
  }

  Child child() {
    return child;
  }

  /** Serves echoes on an address. */
  void echo(InetSocketAddress address) throws IOException, InterruptedException {
    ask("echo " + Route.text(address));
  }

  /** Opens connections that exchange a byte and end. */
  Map<String, Double> connections(InetSocketAddress address, int total, int concurrency)
      throws IOException, InterruptedException {
    return ask("connections %s %d %d".formatted(Route.text(address), total, concurrency));
  }

  /** Opens connections that exchange a byte and stay. */
  Map<String, Double> hold(InetSocketAddress address, int total)
      throws IOException, InterruptedException {
    return ask("hold %s %d".formatted(Route.text(address), total));
  }

  /** Ends those that stayed. */
  void release() throws IOException, InterruptedException {
    ask("release");
  }

  /** Exchanges messages, one after the other. */
  Map<String, Double> roundTrips(InetSocketAddress address, int millis, int size)
      throws IOException, InterruptedException {
    return ask("round-trips %s %d %d".formatted(Route.text(address), millis, size));
  }

  private Map<String, Double> ask(String command) throws IOException, InterruptedException {
    child.checkAlive();
    var commands = child.process().getOutputStream();
    commands.write((command + "\n").getBytes(StandardCharsets.US_ASCII));
    commands.flush();
    CompletableFuture<@Nullable String> answer = CompletableFuture.supplyAsync(this::readLine);
    try {
      return values(command, answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("no answer to: " + command, e);
    }
  }

  private @Nullable String readLine() {
    try {
      return answers.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The values of an answer such as {@code ok count=1 p50=2.5}. */
  static Map<String, Double> values(String command, @Nullable String answer) throws IOException {
    if (answer == null || !answer.startsWith("ok")) {
      throw new IOException("%s: %s (expected: ok)".formatted(command, answer));
    }
    Map<String, Double> values = new HashMap<>();
    for (String word : answer.substring("ok".length()).trim().split(" ", -1)) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        values.put(word.substring(0, equals), Double.valueOf(word.substring(equals + 1)));
      }
    }
    return values;
  }
}

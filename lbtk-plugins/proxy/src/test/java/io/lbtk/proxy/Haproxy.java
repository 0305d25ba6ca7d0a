package io.lbtk.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.testkit.ClosedPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** HAProxy, in a process of its own, with one listener. Its errors go to those of the test. */
final class Haproxy implements AutoCloseable {

  private static final List<String> PLACES =
      List.of("/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/opt/homebrew/bin/haproxy");

  private static final String COMMON =
      """
      defaults
        timeout connect 10s
        timeout client 60s
        timeout server 60s
      listen tested
        bind 127.0.0.1:%d %s
      %s""";

  private final ClosedPort place = new ClosedPort();
  private final Process process;

  /**
   * Starts it, and waits until it listens. Where there is none, the test is left out.
   *
   * @param bind the options of its listener
   * @param lines the rest of its configuration
   */
  Haproxy(Path folder, String bind, String lines) {
    String program = program();
    Path file = folder.resolve("haproxy.cfg");
    try {
      int port = address().getPort();
      Files.writeString(file, COMMON.formatted(port, bind, lines.indent(2)), UTF_8);
      process =
          new ProcessBuilder(program, "-db", "-q", "-f", file.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    await("HAProxy listens").atMost(Duration.ofSeconds(30)).until(this::listens);
  }

  /** The tests against HAProxy may be left out on somebody's laptop, never where CI is true. */
  private static String program() {
    Optional<String> found =
        PLACES.stream().filter(at -> Files.isExecutable(Path.of(at))).findFirst();
    boolean needed = "true".equals(System.getenv("CI"));
    assumeTrue(needed || found.isPresent(), "no haproxy");
    return found.orElseThrow(
        () -> new AssertionError("no haproxy (expected: one of %s)".formatted(PLACES)));
  }

  private boolean listens() {
    if (!process.isAlive()) {
      throw new AssertionError("HAProxy has ended with " + process.exitValue());
    }
    try (Socket probe = new Socket(address().getAddress(), address().getPort())) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Where it listens. */
  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), place.target().port());
  }

  /** Ends it at once. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    place.close();
  }
}

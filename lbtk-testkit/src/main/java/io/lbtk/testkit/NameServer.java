package io.lbtk.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * BIND's name server, in a process of its own on the loopback, which serves one zone and takes
 * updates of it (RFC 2136).
 */
public final class NameServer implements AutoCloseable {

  private static final int ATTEMPTS = 5;

  private static final String OPTIONS =
      """
      options {
        directory "%s";
        listen-on port %d { 127.0.0.1; };
        listen-on-v6 { none; };
        pid-file none;
        session-keyfile "%s/session.key";
        recursion no;
        dnssec-validation no;
        %s
        %s
      };
      controls { };
      zone "%s" { type primary; file "zone"; allow-update { 127.0.0.1; }; };
      """;

  /** Other versions of BIND do not know the limit, and have none. */
  private static final String NO_LIMIT = "max-records-per-type 0;";

  private final Path folder;
  private final String zone;
  private final String options;
  private final int port;
  private final Process process;
  private String limit = NO_LIMIT;

  /**
   * Starts it, and waits until it serves. Where there is none, the test is left out; but where
   * {@code CI} is true it fails.
   *
   * @param folder its own
   * @param zone the name of the zone
   * @param records of the zone, as in a file
   * @param options more of them, each with a semicolon at its end
   */
  public NameServer(Path folder, String zone, String records, String options) {
    this.folder = folder;
    this.zone = zone;
    this.options = options;
    String program = InstalledProgram.required("named").toString();
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("zone"), records, UTF_8);
      int tried = 0;
      Process started;
      int chosen;
      do {
        // It cannot choose one itself. These the kernel gives to nobody who does not ask for them.
        chosen = ThreadLocalRandom.current().nextInt(20_000, 32_000);
        started = start(program, chosen);
      } while (!serves(started) && ++tried < ATTEMPTS);
      port = chosen;
      process = started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Process start(String program, int chosen) throws IOException {
    Path file = folder.resolve("named.conf");
    Files.writeString(file, OPTIONS.formatted(folder, chosen, folder, options, limit, zone), UTF_8);
    Path log = folder.resolve("log");
    Files.deleteIfExists(log);
    return new ProcessBuilder(program, "-f", "-g", "-4", "-n", "1", "-c", file.toString())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  /** Waits until it says that it runs; false if it has ended, since its port was taken. */
  private boolean serves(Process started) throws IOException, InterruptedException {
    for (int i = 0; i < 3000; i++) {
      String log = Files.readString(folder.resolve("log"), UTF_8);
      if (log.contains("unknown option 'max-records-per-type'")) {
        limit = "";
      }
      if (log.contains("address in use") || started.waitFor(10, TimeUnit.MILLISECONDS)) {
        started.destroyForcibly().waitFor();
        return false;
      }
      // The first line already says how it was called: "running as".
      if (log.lines().anyMatch(line -> line.endsWith(" running"))) {
        return true;
      }
    }
    started.destroyForcibly();
    throw new AssertionError("named does not run:\n" + Files.readString(folder.resolve("log")));
  }

  /** Where it answers. */
  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** Stops it, as if its machine was asleep. */
  public void suspend() {
    signal("-STOP");
  }

  /** Lets it go on. */
  public void resume() {
    signal("-CONT");
  }

  private void signal(String signal) {
    try {
      int code = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
      if (code != 0) {
        throw new AssertionError("kill " + signal + ": " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends it at once. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}

package io.lbtk.testkit.servers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A {@link DirectoryServer} in a process of its own. */
public final class ServerProcess implements DirectoryServer {

  private static final int ATTEMPTS = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The command that starts a server. */
  @FunctionalInterface
  public interface Command {

    /**
     * Returns the program and its arguments; it must stay in the foreground.
     *
     * @param port the port on 127.0.0.1; the next two above are reserved for it too
     */
    List<String> on(int port) throws IOException;
  }

  /** A check whether a server is ready. */
  @FunctionalInterface
  public interface Probe {

    /**
     * Returns whether the server that has just been started is ready.
     *
     * @throws Exception if it does not answer yet, which counts as false
     */
    boolean answers(InetSocketAddress server) throws Exception;
  }

  private final Path log;
  private final Command command;
  private final Probe probe;
  private final int port;
  private Process process;

  /**
   * Starts it, and waits until it answers.
   *
   * @param log the file for its output
   */
  public ServerProcess(Path log, Command command, Probe probe) {
    this.log = log;
    this.command = command;
    this.probe = probe;
    int tried = 0;
    int chosen;
    Process started;
    do {
      chosen = freePort();
      started = run(chosen);
    } while (!comesUp(started, chosen) && ++tried < ATTEMPTS);
    this.port = chosen;
    this.process = started;
    if (!started.isAlive()) {
      throw new AssertionError("it does not run:\n" + said());
    }
  }

  /** A server is up as soon as it accepts connections. */
  public static boolean accepts(InetSocketAddress server) throws IOException {
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      return socket.isConnected();
    }
  }

  /** Not every server can choose one itself, and some share one with another without a word. */
  private static int freePort() {
    int port;
    do {
      // These the kernel gives to nobody who does not ask.
      port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
    } while (!isFree(port));
    return port;
  }

  private static boolean isFree(int port) {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket connections = new ServerSocket(port, 0, loopback);
        DatagramSocket datagrams = new DatagramSocket(port, loopback)) {
      return connections.isBound() && datagrams.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private Process run(int chosen) {
    try {
      return new ProcessBuilder(command.on(chosen))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it answers; false if it has ended, since its port was taken, for instance. */
  private boolean comesUp(Process started, int chosen) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), chosen);
    await("answer of the server")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptions()
        .until(() -> !started.isAlive() || probe.answers(address));
    return started.isAlive();
  }

  /** Returns its output so far. */
  public String said() {
    try {
      return Files.exists(log) ? Files.readString(log, UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @Override
  public void stop() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("it does not stop:\n" + said());
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void start() {
    if (!process.isAlive()) {
      process = run(port);
      if (!comesUp(process, port)) {
        throw new AssertionError("it does not run again:\n" + said());
      }
    }
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

  @Override
  public void close() {
    kill();
  }
}

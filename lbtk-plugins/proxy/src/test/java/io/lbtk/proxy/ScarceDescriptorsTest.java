package io.lbtk.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Proxy;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.net.HostResolver;
import io.lbtk.net.UdpClient;
import io.lbtk.proxy.udp.UdpEngine;
import io.lbtk.testkit.EchoBackend;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A proxy in a process of its own that may open few files. */
@EnabledOnOs(OS.LINUX)
class ScarceDescriptorsTest {

  private static final int LIMIT = 128;

  /** Which of these happens goes by how many files the process has open besides. */
  private static final List<String> NO_FILE =
      List.of("cannot accept connections", "no socket for a connection to a target");

  private static final String NO_FILE_FOR_A_SESSION = "no socket for a session";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"nio", "splice"})
  void itSaysOnceThatNoFileIsLeftAndGoesOnWhenThereIs(String engine) throws Exception {
    Path log = folder.resolve("log");
    try (EchoBackend echo = new EchoBackend()) {
      Process process = start(log, engine, echo.target());
      try (BufferedReader out = process.inputReader(UTF_8)) {
        int port = Integer.parseInt(out.readLine());
        assertThat(exchange(port)).isEqualTo(7);
        // Then all classes are loaded: there will be no file to read them from.
        echo.awaitNoneOpen();

        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 2 * LIMIT; i++) {
          clients.add(new Socket(InetAddress.getLoopbackAddress(), port));
        }
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> NO_FILE.stream().anyMatch(words -> count(log, words) > 0));
        for (Socket client : clients) {
          client.close();
        }

        await()
            .atMost(Duration.ofSeconds(30))
            .ignoreExceptionsInstanceOf(IOException.class)
            .until(() -> exchange(port) == 7);
        assertThat(NO_FILE).allMatch(words -> count(log, words) <= 1);
      } finally {
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"udp-nio", "udp-epoll"})
  void aProxyForDatagramsSaysOnceThatNoFileIsLeftAndGoesOnWhenThereIs(String engine)
      throws Exception {
    Path log = folder.resolve("log");
    try (UdpBackend echo = UdpBackend.echo()) {
      Process process = start(log, engine, echo.target());
      try (BufferedReader out = process.inputReader(UTF_8)) {
        InetSocketAddress proxy =
            new InetSocketAddress(
                InetAddress.getLoopbackAddress(), Integer.parseInt(out.readLine()));
        exchangeDatagram(proxy);
        assertThat(out.readLine()).isEqualTo("ended");
        exchangeDatagram(proxy);
        // Then all classes are loaded: there will be no file to read them from.

        List<UdpClient> clients = new ArrayList<>();
        for (int i = 0; i < 2 * LIMIT; i++) {
          clients.add(new UdpClient(proxy));
        }
        AtomicInteger sent = new AtomicInteger(2);
        await()
            .atMost(Duration.ofSeconds(30))
            .until(
                () -> {
                  for (UdpClient client : clients) {
                    client.send("a");
                    sent.incrementAndGet();
                  }
                  return count(log, NO_FILE_FOR_A_SESSION) > 0;
                });
        clients.forEach(UdpClient::close);

        await()
            .atMost(Duration.ofSeconds(30))
            .ignoreExceptionsInstanceOf(IOException.class)
            .until(
                () -> {
                  sent.incrementAndGet();
                  return exchangeDatagram(proxy);
                });
        assertThat(count(log, NO_FILE_FOR_A_SESSION)).isEqualTo(1);
        process.outputWriter(UTF_8).append("how many tokens?\n").flush();
        assertThat(Integer.parseInt(out.readLine()))
            .as("no more than datagrams: it does not try again by itself")
            .isLessThanOrEqualTo(sent.get());
      } finally {
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
    }
  }

  private static boolean exchangeDatagram(InetSocketAddress proxy) throws IOException {
    try (UdpClient client = new UdpClient(proxy).patience(Duration.ofSeconds(1))) {
      return client.exchange("b").equals("b");
    }
  }

  @Test
  void aNameIsFoundAgainWhenThereIsASocketToAskBy() throws Exception {
    Process process = java(folder.resolve("log"), Asking.class.getName());
    try (BufferedReader out = process.inputReader(UTF_8)) {
      assertThat(out.readLine()).contains("ChannelException");
      assertThat(out.readLine()).contains("127.0.0.9:80");
    } finally {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static long count(Path log, String words) {
    try {
      return Files.readAllLines(log, UTF_8).stream().filter(line -> line.contains(words)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Process start(Path log, String engine, Target target) throws IOException {
    return java(log, Main.class.getName(), engine, target.hostPort());
  }

  private static Process java(Path log, String... args) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>();
    command.addAll(List.of("sh", "-c", "ulimit -n " + LIMIT + " && exec \"$0\" \"$@\"", java));
    command.addAll(List.of("-XX:-MaxFDLimit", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectError(log.toFile()).start();
  }

  private static int exchange(int port) throws IOException {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      client.setSoTimeout(5_000);
      client.getOutputStream().write(7);
      return client.getInputStream().read();
    }
  }

  /** The process: a proxy to one target, until it is ended. */
  static final class Main {

    private Main() {}

    public static void main(String[] args) throws IOException {
      Target target = Target.parse(args[1]);
      AtomicInteger taken = new AtomicInteger();
      AtomicBoolean ended = new AtomicBoolean();
      Runnable onEnd =
          () -> {
            if (!ended.getAndSet(true)) {
              System.out.println("ended");
            }
          };
      TokenSource tokens =
          new TokenSource() {
            @Override
            public CompletableFuture<Token> take(Demand demand) {
              taken.incrementAndGet();
              return CompletableFuture.completedFuture(new FixedToken(target, onEnd));
            }

            @Override
            public void close() {}
          };
      Proxy proxy = proxy(args[0], tokens);
      proxy.start();
      System.out.println(((InetSocketAddress) proxy.address()).getPort());
      while (System.in.read() != '\n') {
        // Nobody has asked yet.
      }
      System.out.println(taken);
    }

    /** By default it would take no more clients than there are files for. */
    private static Proxy proxy(String engine, TokenSource tokens) {
      return switch (engine) {
        case "nio" -> tcp(TcpProxy.nio(), tokens);
        case "splice" -> tcp(TcpProxy.splice(), tokens);
        case "udp-nio" -> udp(UdpEngine.nio(), tokens);
        default -> udp(UdpEngine.epoll(), tokens);
      };
    }

    private static Proxy tcp(TcpProxy.Builder builder, TokenSource tokens) {
      return builder
          .listen("127.0.0.1:0")
          .tokens(tokens)
          .loops(1)
          .maxConnections(1_000_000)
          .build();
    }

    private static Proxy udp(UdpEngine engine, TokenSource tokens) {
      return UdpProxy.builder(engine)
          .listen("127.0.0.1:0")
          .tokens(tokens)
          .loops(1)
          .maxSessions(1_000_000)
          .idleTimeout(Duration.ofMillis(500))
          .build();
    }
  }

  /** The process: asks for a name when no file is left, and again when there is. */
  static final class Asking {

    private static final Target NAMED = Target.of("service.test", 80);

    private Asking() {}

    public static void main(String[] args) throws IOException {
      TestNameServer names = new TestNameServer().knows("service.test", 60, "127.0.0.9");
      var servers = new SingletonDnsServerAddressStreamProvider(names.address());
      EventLoop loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()).next();
      // Loads all classes: afterwards there is no file to read them from.
      HostResolver first = new HostResolver(loop, Duration.ofSeconds(5), servers);
      ask(loop, first);
      loop.submit(first::close).awaitUninterruptibly();
      List<Closeable> files = new ArrayList<>();
      HostResolver resolver;
      Object answer;
      do {
        // What was closed before may have been given back to the system only now.
        takeAll(files);
        resolver = new HostResolver(loop, Duration.ofSeconds(5), servers);
        answer = ask(loop, resolver);
      } while (!(answer instanceof Throwable));
      for (Closeable file : files) {
        file.close();
      }
      System.out.println(answer);
      System.out.println(ask(loop, resolver));
    }

    private static Object ask(EventLoop loop, HostResolver resolver) {
      CompletableFuture<Object> answer = new CompletableFuture<>();
      HostResolver.Listener listener =
          new HostResolver.Listener() {
            @Override
            public void found(List<InetSocketAddress> addresses) {
              answer.complete(addresses);
            }

            @Override
            public void ended(@Nullable Throwable failure) {
              answer.complete(failure);
            }
          };
      loop.execute(() -> resolver.resolve(NAMED.host(), NAMED.port(), listener));
      return answer.join();
    }

    private static void takeAll(List<Closeable> files) {
      try {
        while (true) {
          files.add(new FileInputStream("/dev/null"));
        }
      } catch (IOException e) {
        // None is left.
      }
    }
  }

  private record FixedToken(Target target, Runnable onEnd) implements Token {
    @Override
    public void release(Outcome outcome) {
      onEnd.run();
    }
  }
}

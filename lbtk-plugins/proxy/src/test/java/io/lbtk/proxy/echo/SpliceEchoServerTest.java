package io.lbtk.proxy.echo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.StartException;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class SpliceEchoServerTest extends EchoServerTest {

  SpliceEchoServerTest() {
    super(EchoType.SPLICE);
  }

  @Test
  void whereNoPipeIsLeftBytesAreCopied() throws Exception {
    long length = 20_000_000;
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -n 128 && exec \"$0\" -XX:-MaxFDLimit -cp \"$@\"",
                java(),
                System.getProperty("java.class.path"),
                NoPipe.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out = process.inputReader(UTF_8)) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(out.readLine()));
      // Then all classes are loaded: there will be no file to read them from.
      exchange(address);
      try (SocketChannel filled = fillThePipe(address)) {
        process.outputWriter(UTF_8).append("take\n").flush();
        assertThat(out.readLine()).isEqualTo("taken");

        assertThat(echoed(address, length)).isEqualTo(length);
        assertThat(filled.isOpen()).isTrue();
      }
    } finally {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static void exchange(InetSocketAddress address) throws IOException {
    try (Socket client = new Socket(address.getAddress(), address.getPort())) {
      client.setSoTimeout(30_000);
      client.getOutputStream().write(7);
      assertThat(client.getInputStream().read()).isEqualTo(7);
    }
  }

  /** A client that does not read: the only pipe that was made so far has some of what it sent. */
  private static SocketChannel fillThePipe(InetSocketAddress address) throws IOException {
    SocketChannel channel = SocketChannel.open(address);
    channel.configureBlocking(false);
    AtomicInteger still = new AtomicInteger();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              boolean written = false;
              while (channel.write(ByteBuffer.allocate(64 * 1024)) > 0) {
                written = true;
              }
              still.set(written ? 0 : still.get() + 1);
              return still.get() > 5;
            });
    return channel;
  }

  @Test
  void whereItCannotRunThatIsSaid() throws Exception {
    Process process =
        new ProcessBuilder(
                java(),
                "-Dio.netty.transport.noNative=true",
                "-cp",
                System.getProperty("java.class.path"),
                WithoutEpoll.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out = process.inputReader(UTF_8)) {
      assertThat(out.readLine())
          .startsWith("echo.demo of type splice cannot run here: ")
          .endsWith("(expected: Linux on x86_64 or aarch64; use nio)");
    } finally {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** The process: a server that, when it is told to, has a file left for a connection alone. */
  static final class NoPipe {

    private NoPipe() {}

    public static void main(String[] args) throws IOException {
      EchoServer server =
          EchoServer.builder().type(EchoType.SPLICE).listen("127.0.0.1:0").loops(1).build();
      server.start();
      System.out.println(server.addresses().get(0).getPort());
      while (System.in.read() != '\n') {
        // Not told yet.
      }
      List<Closeable> files = new ArrayList<>();
      try {
        while (true) {
          files.add(new FileInputStream("/dev/null"));
        }
      } catch (IOException e) {
        // None is left; a pipe would need two beside the connection.
        files.remove(0).close();
        files.remove(0).close();
      }
      System.out.println("taken");
    }
  }

  /** The process: what it says where Netty has no epoll. */
  static final class WithoutEpoll {

    private WithoutEpoll() {}

    public static void main(String[] args) {
      try {
        EchoServer.builder().name("echo.demo").type(EchoType.SPLICE).listen("127.0.0.1:0").build();
      } catch (StartException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}

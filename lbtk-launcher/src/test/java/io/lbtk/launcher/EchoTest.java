package io.lbtk.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Echo servers of every type, as a user starts them. */
class EchoTest {

  @TempDir private Path folder;

  @Test
  void aFileSaysOfWhichTypeEachIs() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("lbtk.properties"),
            """
            echo.plain.listen = 127.0.0.1:0
            echo.dgram.type   = udp
            echo.dgram.listen = 127.0.0.1:0
            echo.dgram.loops  = 1
            """);

    try (LbtkProcess lbtk = LbtkProcess.start("run", file.toString())) {
      assertThat(exchange(lbtk.awaitPort("echo.plain"))).isEqualTo("hello");
      assertThat(exchangeDatagrams(lbtk.awaitPort("echo.dgram"))).isEqualTo("hello");
    }
  }

  @Test
  void howToTryAProxyForDatagramsIsSaid() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("lbtk.properties"),
            """
            refresher.r.type       = static
            refresher.r.targets    = 127.0.0.1:1
            generator.g.refreshers = r
            proxy.p.type           = udp
            proxy.p.listen         = 127.0.0.1:0
            proxy.p.tokens         = g
            """);

    try (LbtkProcess lbtk = LbtkProcess.start("run", file.toString())) {
      int port = lbtk.awaitPort("proxy.p");
      lbtk.awaitErr("^ready, try: nc -u 127.0.0.1 " + port + "$");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theCommandCanSplice() throws Exception {
    try (LbtkProcess lbtk = LbtkProcess.start("echo", "--type", "splice", "127.0.0.1:0")) {
      assertThat(exchange(lbtk.awaitPort("echo.main"))).isEqualTo("hello");
    }
  }

  private static @Nullable String exchange(int port) throws IOException {
    try (Client client = new Client(port)) {
      return client.say("hello").hear();
    }
  }

  private static String exchangeDatagrams(int port) throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      socket.setSoTimeout(60_000);
      byte[] hello = "hello".getBytes(UTF_8);
      socket.send(new DatagramPacket(hello, hello.length, InetAddress.getLoopbackAddress(), port));
      DatagramPacket answer = new DatagramPacket(new byte[100], 100);
      socket.receive(answer);
      return new String(answer.getData(), 0, answer.getLength(), UTF_8);
    }
  }
}

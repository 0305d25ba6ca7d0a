package io.lbtk.proxy.splice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class PipeTest {

  private static final int SMALL_PIPE = 64 * 1024;
  private static final int MOST = 1024 * 1024;

  // Of linux/in.h and linux/tcp.h.
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_INFO = 11;
  private static final int UNACKED_AT = 24;

  private Pipe pipe;
  private LinuxSocket sender;
  private Socket receiver;

  @BeforeAll
  static void load() {
    Epoll.ensureAvailability();
  }

  @BeforeEach
  void connect() throws IOException {
    pipe = Pipe.open(PipeSize.find());
    try (Listening listening = new Listening()) {
      sender = LinuxSocket.newSocketStream(false);
      sender.setTcpNoDelay(true);
      sender.connect(listening.socket.localAddress());
      await().until(sender::finishConnect);
      receiver = listening.accept();
    }
  }

  @AfterEach
  void close() throws IOException {
    sender.close();
    receiver.close();
    pipe.close();
  }

  @Test
  void itTakesMoreThanAPageInEachOfItsBuffers() throws IOException {
    sendUntilThereIsNoRoom();

    int moved = pipe.fillFrom(receiver, MOST);

    assertThat(moved).isGreaterThan(SMALL_PIPE).isEqualTo(pipe.filled());
  }

  @Test
  void itTakesNoMoreThanItIsAskedTo() throws IOException {
    sendUntilThereIsNoRoom();

    assertThat(pipe.fillFrom(receiver, 1000)).isEqualTo(1000);
    assertThat(pipe.fillFrom(receiver, SMALL_PIPE / 4)).isEqualTo(SMALL_PIPE / 4);
  }

  @Test
  void whatCameBeforeTheConnectionBrokeIsInIt() throws IOException {
    sendAndAwaitArrival(SMALL_PIPE / 2);
    sendAndAwaitArrival(SMALL_PIPE / 2);
    sender.setSoLinger(0);
    sender.close();

    assertThatThrownBy(
            () -> {
              pipe.fillFrom(receiver, MOST);
              pipe.fillFrom(receiver, MOST);
            })
        .isInstanceOf(IOException.class);

    assertThat(pipe.filled()).isEqualTo(SMALL_PIPE);
  }

  private void sendUntilThereIsNoRoom() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(SMALL_PIPE);
    int sent;
    do {
      sent = sender.send(bytes, 0, bytes.capacity());
    } while (sent > 0);
  }

  private void sendAndAwaitArrival(int length) throws IOException {
    assertThat(sender.send(ByteBuffer.allocateDirect(length), 0, length)).isEqualTo(length);
    await().until(() -> unacknowledged() == 0);
  }

  /** {@code tcpi_unacked} of tcp(7): packets that may not have come there yet. */
  private int unacknowledged() throws IOException {
    ByteBuffer info = ByteBuffer.allocateDirect(UNACKED_AT + Integer.BYTES);
    sender.getRawOpt(IPPROTO_TCP, TCP_INFO, info);
    return info.order(ByteOrder.nativeOrder()).getInt(UNACKED_AT);
  }

  /** A socket that listens, for one connection with much room for what is received. */
  private static final class Listening implements AutoCloseable {

    final LinuxSocket socket = LinuxSocket.newSocketStream(false);

    Listening() throws IOException {
      socket.setReceiveBufferSize(MOST);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      socket.listen(1);
    }

    Socket accept() throws IOException {
      byte[] address = new byte[32];
      int accepted = await().until(() -> socket.accept(address), fd -> fd >= 0);
      return new Socket(accepted);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}

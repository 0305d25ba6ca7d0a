package io.lbtk.benchmarks.sidebyside.load;

import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Accepts connections and echoes on them. */
final class EchoListener extends Connection {

  private static final int BACKLOG = 4096;

  /** Then the connections on the loop have their turn. */
  private static final int BATCH = 64;

  private final byte[] peerAddress = new byte[128];

  private EchoListener(LoadLoop loop, LinuxSocket socket) {
    super(loop, socket);
  }

  /** Called on the loop. */
  static void open(LoadLoop loop, InetSocketAddress address) throws IOException {
    LinuxSocket socket = LinuxSocket.newSocketStream(false);
    socket.setReuseAddress(true);
    socket.bind(address);
    socket.listen(BACKLOG);
    new EchoListener(loop, socket).register(EpollIoOps.EPOLLIN);
  }

  @Override
  void writable() {
    // A listening socket never is.
  }

  @Override
  void readable() throws IOException {
    for (int i = 0; i < BATCH; i++) {
      int descriptor = socket.accept(peerAddress);
      if (descriptor < 0) {
        return;
      }
      Socket accepted = new Socket(descriptor);
      accepted.setTcpNoDelay(true);
      new EchoConnection(loop, accepted).register(LoadLoop.READ);
    }
  }

  @Override
  void ended(@Nullable IOException cause) {
    if (cause != null) {
      throw new IllegalStateException("the echo server cannot accept", cause);
    }
  }

  /** Sends back what it receives. It is for messages that fit into the buffers of the kernel. */
  static final class EchoConnection extends Connection {

    EchoConnection(LoadLoop loop, Socket socket) {
      super(loop, socket);
    }

    @Override
    void writable() {
      // Nothing waits to be written.
    }

    @Override
    void readable() throws IOException {
      ByteBuffer buffer = loop.buffer();
      int received;
      do {
        received = socket.recv(buffer, 0, buffer.capacity());
        if (received < 0) {
          end(null);
        } else if (received > 0 && socket.send(buffer, 0, received) != received) {
          throw new IOException("an echo of " + received + " bytes did not fit into the socket");
        }
      } while (received == buffer.capacity());
    }

    @Override
    void ended(@Nullable IOException cause) {
      // The other end notices.
    }
  }
}

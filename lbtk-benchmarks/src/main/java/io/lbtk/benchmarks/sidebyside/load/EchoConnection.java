package io.lbtk.benchmarks.sidebyside.load;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Sends back what it receives. It is for messages that fit into the buffers of the kernel. */
final class EchoConnection extends Connection {

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

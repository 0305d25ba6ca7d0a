package io.lbtk.benchmarks.sidebyside.load;

import io.netty.channel.epoll.LinuxSocket;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Connects, sends one byte, and waits until it has come back. */
final class ClientConnection extends Connection {

  /** Receives the events of a connection. */
  interface Listener {

    /** The byte is back; the connection may be ended. */
    void answered(ClientConnection connection);

    /** The connection is closed; the cause is null if {@link Connection#end} was called so. */
    void ended(ClientConnection connection, @Nullable IOException cause);
  }

  private final Listener listener;
  private final long startedNanos = System.nanoTime();
  private boolean sent;

  private ClientConnection(LoadLoop loop, LinuxSocket socket, Listener listener) {
    super(loop, socket);
    this.listener = listener;
  }

  /** Called on the loop. */
  static void open(LoadLoop loop, InetSocketAddress address, Listener listener) throws IOException {
    LinuxSocket socket = LinuxSocket.newSocketStream(false);
    ClientConnection connection = new ClientConnection(loop, socket, listener);
    try {
      socket.connect(address);
      connection.register(LoadLoop.READ_AND_WRITE);
    } catch (IOException e) {
      connection.end(e);
    }
  }

  /** By {@link System#nanoTime}. */
  long startedNanos() {
    return startedNanos;
  }

  @Override
  void writable() throws IOException {
    if (sent || !socket.finishConnect()) {
      return;
    }
    sent = true;
    ByteBuffer buffer = loop.buffer();
    buffer.put(0, (byte) 'x');
    if (socket.send(buffer, 0, 1) != 1) {
      throw new IOException("one byte did not fit into a new socket");
    }
  }

  @Override
  void readable() throws IOException {
    int received = socket.recv(loop.buffer(), 0, 1);
    if (received < 0) {
      throw new EOFException("closed by the other end");
    }
    if (received > 0) {
      listener.answered(this);
    }
  }

  @Override
  void ended(@Nullable IOException cause) {
    listener.ended(this, cause);
  }
}

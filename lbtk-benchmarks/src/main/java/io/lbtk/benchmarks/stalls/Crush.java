package io.lbtk.benchmarks.stalls;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** Many clients at a time: each says one byte, hears it, and is followed by another. */
final class Crush implements AutoCloseable {

  private static final int WAIT_MILLIS = 10;

  private final InetSocketAddress address;
  private final Selector selector = Selector.open();
  private final ByteBuffer buffer = ByteBuffer.allocate(1);

  /** Begins to connect so many. */
  Crush(InetSocketAddress address, int count) throws IOException {
    this.address = address;
    for (int i = 0; i < count; i++) {
      connect();
    }
  }

  private void connect() throws IOException {
    SocketChannel client = SocketChannel.open();
    client.configureBlocking(false);
    client.connect(address);
    client.register(selector, SelectionKey.OP_CONNECT);
  }

  /** Does what can be done now. */
  void turn() throws IOException {
    selector.select(WAIT_MILLIS);
    for (SelectionKey key : selector.selectedKeys()) {
      SocketChannel client = (SocketChannel) key.channel();
      buffer.clear();
      if (key.isConnectable()) {
        client.finishConnect();
        client.write(buffer);
        key.interestOps(SelectionKey.OP_READ);
      } else {
        client.read(buffer);
        client.close();
        connect();
      }
    }
    selector.selectedKeys().clear();
  }

  @Override
  public void close() throws IOException {
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}

package io.lbtk.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * A process of many clients that connect at once, on one thread: each says one byte, hears it, and
 * goes. Until there is something on the input of the process they wait. It fails if one of them is
 * sent away.
 */
final class Crowd implements AutoCloseable {

  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(120);

  private final Selector selector = Selector.open();
  private final ByteBuffer buffer = ByteBuffer.allocate(1);
  private boolean mute = true;
  private int answered;

  /** Begins to connect so many. */
  private Crowd(InetSocketAddress address, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      SocketChannel client = SocketChannel.open();
      client.configureBlocking(false);
      SelectionKey key = client.register(selector, SelectionKey.OP_CONNECT);
      if (client.connect(address)) {
        connected(key);
      }
    }
  }

  /** The process: its words are the port and how many connect to it. */
  public static void main(String[] args) throws Exception {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
    int count = Integer.parseInt(args[1]);
    try (Crowd crowd = new Crowd(address, count)) {
      crowd.runUntil(() -> System.in.available() > 0);
      crowd.speak();
      crowd.runUntil(() -> crowd.answered == count);
    }
  }

  private void speak() {
    mute = false;
    for (SelectionKey key : selector.keys()) {
      if (key.isValid() && key.interestOps() == 0) {
        key.interestOps(SelectionKey.OP_WRITE);
      }
    }
  }

  /** Lets them do what they do until that is so. */
  private void runUntil(Callable<Boolean> condition) throws Exception {
    long until = System.nanoTime() + PATIENCE;
    while (!condition.call()) {
      if (System.nanoTime() - until > 0) {
        throw new AssertionError("%d were answered, and then no more".formatted(answered));
      }
      selector.select(this::ready, 10);
    }
  }

  private void ready(SelectionKey key) {
    try {
      if (key.isConnectable()) {
        if (((SocketChannel) key.channel()).finishConnect()) {
          connected(key);
        }
      } else if (key.isWritable()) {
        buffer.clear().put((byte) 7).flip();
        ((SocketChannel) key.channel()).write(buffer);
        key.interestOps(SelectionKey.OP_READ);
      } else {
        hear(key);
      }
    } catch (IOException e) {
      throw new AssertionError("a client was sent away after %d answers".formatted(answered), e);
    }
  }

  private void connected(SelectionKey key) {
    key.interestOps(mute ? 0 : SelectionKey.OP_WRITE);
  }

  private void hear(SelectionKey key) throws IOException {
    buffer.clear();
    if (((SocketChannel) key.channel()).read(buffer) != 1 || buffer.get(0) != 7) {
      throw new IOException("no answer, or another");
    }
    answered++;
    key.channel().close();
  }

  @Override
  public void close() throws IOException {
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}

package io.lbtk.benchmarks.stalls;

import io.lbtk.api.Target;
import io.lbtk.benchmarks.stalls.LoopStalls.DirectedTokens;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Connections that give a proxy trouble. */
enum BadCompany {

  /** 64 clients send all they can to a target that accepts and never reads. */
  TARGET_NEVER_READS {
    @Override
    Closeable join(InetSocketAddress proxy, DirectedTokens tokens, Target echo) throws IOException {
      ServerSocket deaf = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
      tokens.direct(Target.of("127.0.0.1", deaf.getLocalPort()));
      Troublemaker client = new Troublemaker();
      List<SocketChannel> channels = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        channels.add(client.closeWithThis(SocketChannel.open(proxy)));
        channels.get(i).configureBlocking(false);
      }
      ByteBuffer chunk = ByteBuffer.allocateDirect(64 * 1024);
      client.begin(
          () -> {
            for (SocketChannel channel : channels) {
              channel.write(chunk.clear());
            }
            Thread.sleep(1);
          });
      return () -> {
        client.close();
        deaf.close();
      };
    }
  },

  /** 800 clients send a byte now and then, and read nothing. */
  A_BYTE_NOW_AND_THEN {
    @Override
    Closeable join(InetSocketAddress proxy, DirectedTokens tokens, Target echo) throws IOException {
      Troublemaker client = new Troublemaker();
      List<SocketChannel> channels = new ArrayList<>();
      for (int i = 0; i < 800; i++) {
        channels.add(client.closeWithThis(SocketChannel.open(proxy)));
      }
      ByteBuffer one = ByteBuffer.allocateDirect(1);
      client.begin(
          () -> {
            for (SocketChannel channel : channels) {
              channel.write(one.clear());
              Thread.sleep(1);
            }
          });
      return client;
    }
  },

  /** A client connects, sends 64 KiB and resets, again and again. */
  RESETS {
    @Override
    Closeable join(InetSocketAddress proxy, DirectedTokens tokens, Target echo) {
      return again(
          () -> {
            try (Socket socket = new Socket(proxy.getAddress(), proxy.getPort())) {
              socket.setSoLinger(true, 0);
              socket.getOutputStream().write(new byte[64 * 1024]);
            }
          });
    }
  },

  /** A client connects, sends 256 KiB and FIN, and reads what comes back, again and again. */
  ENDS_WITH_DATA_ON_THE_WAY {
    @Override
    Closeable join(InetSocketAddress proxy, DirectedTokens tokens, Target echo) {
      return again(
          () -> {
            try (Socket socket = new Socket(proxy.getAddress(), proxy.getPort())) {
              socket.getOutputStream().write(new byte[256 * 1024]);
              socket.shutdownOutput();
              socket.getInputStream().readAllBytes();
            }
          });
    }
  },

  /** 5,000 clients are there at a time, of whom the proxy serves no more than 1,000. */
  FAR_MORE_CLIENTS_THAN_THE_LIMIT {
    @Override
    Closeable join(InetSocketAddress proxy, DirectedTokens tokens, Target echo) throws IOException {
      Crush crush = new Crush(proxy, 5000);
      Troublemaker client = new Troublemaker();
      client.begin(crush::turn);
      return () -> {
        client.close();
        crush.close();
      };
    }
  };

  /**
   * Begins.
   *
   * @param proxy where it connects to
   * @param tokens what the proxy connects further connections to
   * @param echo a target that echoes
   * @return ends it
   */
  abstract Closeable join(InetSocketAddress proxy, DirectedTokens tokens, Target echo)
      throws IOException;

  /** A client that does that again and again. */
  private static Closeable again(Troublemaker.Doing doing) {
    Troublemaker client = new Troublemaker();
    client.begin(doing);
    return client;
  }

  /** Many concurrent clients: each sends one byte, receives it, and is replaced by another. */
  static final class Crush implements AutoCloseable {

    private static final int WAIT_MILLIS = 10;

    private final InetSocketAddress address;
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocate(1);

    /** Begins the given number of connections. */
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

    /** Handles the connections that are ready. */
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

  /**
   * A thread that repeats an action until it is closed. A single one, to leave a processor to the
   * measured loops.
   */
  static final class Troublemaker implements Closeable {

    private final Thread thread = new Thread(this::repeat);
    private final List<Closeable> open = new ArrayList<>();
    private Doing doing = () -> {};
    private volatile boolean closed;

    /** Action that is repeated. */
    interface Doing {

      /** Does it once. */
      void run() throws IOException, InterruptedException;
    }

    /** This is closed when it ends. */
    <T extends Closeable> T closeWithThis(T one) {
      open.add(one);
      return one;
    }

    /** Begins to do that. */
    void begin(Doing whatToDo) {
      doing = whatToDo;
      thread.start();
    }

    private void repeat() {
      try {
        while (!closed) {
          doing.run();
        }
      } catch (IOException e) {
        if (!closed) {
          throw new UncheckedIOException(e);
        }
      } catch (InterruptedException e) {
        // It is over.
      }
    }

    @Override
    public void close() throws IOException {
      closed = true;
      thread.interrupt();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      for (Closeable one : open) {
        one.close();
      }
    }
  }
}

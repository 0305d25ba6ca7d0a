package io.lbtk.benchmarks.stalls;

import io.lbtk.api.Target;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
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
}

package io.lbtk.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.DatagramChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Forwards connections and datagrams to a server, until a test cuts them or drops their bytes.
 * Thread-safe.
 */
public final class Forwarder implements AutoCloseable {

  private enum State {
    HEALTHY,
    CUT,
    STALLED
  }

  private final InetSocketAddress server;
  private final ServerSocket listener;
  private final DatagramForwarder datagrams;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile State state = State.HEALTHY;

  /** Starts to forward to this server, from one loopback port for connections and datagrams. */
  public Forwarder(InetSocketAddress server) {
    this.server = server;
    try {
      DatagramChannel sameNumber = DatagramChannel.open();
      ServerSocket chosen = listen();
      while (!bind(sameNumber, chosen)) {
        chosen.close();
        chosen = listen();
      }
      listener = chosen;
      datagrams = new DatagramForwarder(sameNumber, server, () -> state == State.HEALTHY);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::accept);
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
  }

  private static boolean bind(DatagramChannel datagrams, ServerSocket number) throws IOException {
    try {
      datagrams.bind(number.getLocalSocketAddress());
      return true;
    } catch (BindException e) {
      // The kernel gives numbers to those who listen without regard to datagrams.
      return false;
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "forwarder");
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns the address to use in place of that of the server. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** Ends all connections, and each new one at once; drops all datagrams. */
  public void cut() {
    state = State.CUT;
    endAll();
  }

  /** Drops everything silently, like a network that loses all packets. */
  public void stall() {
    state = State.STALLED;
  }

  /** Forwards new connections again, and ends those that have lost bytes. */
  public void heal() {
    if (state != State.HEALTHY) {
      state = State.HEALTHY;
      endAll();
    }
  }

  private void endAll() {
    open.forEach(Forwarder::end);
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It has ended, which is what was wanted.
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        start(() -> forward(client));
      } catch (IOException e) {
        // Closed, or a client that has gone already.
      }
    }
  }

  private void forward(Socket client) {
    open.add(client);
    try {
      if (state == State.HEALTHY) {
        Socket target = new Socket(server.getAddress(), server.getPort());
        open.add(target);
        client.setTcpNoDelay(true);
        target.setTcpNoDelay(true);
        start(() -> copy(target, client));
        copy(client, target);
      } else if (state == State.CUT) {
        close(client);
      }
    } catch (IOException e) {
      close(client);
    }
  }

  private void copy(Socket from, Socket to) {
    byte[] buffer = new byte[64 * 1024];
    try {
      int read = from.getInputStream().read(buffer);
      while (read >= 0) {
        if (state == State.HEALTHY) {
          to.getOutputStream().write(buffer, 0, read);
        }
        read = from.getInputStream().read(buffer);
      }
    } catch (IOException e) {
      // One of both has ended, and so does the other.
    }
    close(from);
    close(to);
  }

  private void close(Socket socket) {
    open.remove(socket);
    end(socket);
  }

  @Override
  public void close() {
    try {
      listener.close();
      datagrams.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }
}

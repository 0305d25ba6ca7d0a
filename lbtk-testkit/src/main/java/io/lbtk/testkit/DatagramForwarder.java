package io.lbtk.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * Forwards datagrams to a server, those of each client from a separate port, and the answers back;
 * or drops them all.
 */
final class DatagramForwarder implements AutoCloseable {

  private static final int LARGEST = 65_535;

  /**
   * The limit of ports: many clients use a new port for each request, and none announces its end.
   */
  private static final int MOST_CLIENTS = 2048;

  private final InetSocketAddress server;
  private final BooleanSupplier passes;
  private final Selector selector;
  private final DatagramChannel listener;
  private final Map<SocketAddress, DatagramChannel> clients = new HashMap<>();
  private final Queue<SocketAddress> oldest = new ArrayDeque<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(LARGEST);

  /**
   * Starts to forward to the server.
   *
   * @param listener the socket to which clients send; closed with this
   * @param passes whether datagrams pass now; it is asked on another thread
   */
  DatagramForwarder(DatagramChannel listener, InetSocketAddress server, BooleanSupplier passes)
      throws IOException {
    this.listener = listener;
    this.server = server;
    this.passes = passes;
    this.selector = Selector.open();
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_READ);
    Thread thread = new Thread(this::run, "datagram forwarder");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try (listener) {
      while (selector.isOpen()) {
        selector.select(this::forward);
      }
    } catch (ClosedSelectorException e) {
      // The end.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      clients.values().forEach(DatagramForwarder::end);
    }
  }

  private void forward(SelectionKey ready) {
    buffer.clear();
    try {
      if (ready.attachment() instanceof SocketAddress client) {
        ((DatagramChannel) ready.channel()).read(buffer);
        if (passes.getAsBoolean()) {
          listener.send(buffer.flip(), client);
        }
      } else {
        SocketAddress client = listener.receive(buffer);
        if (client != null && passes.getAsBoolean()) {
          channelOf(client).write(buffer.flip());
        }
      }
    } catch (IOException e) {
      // There is nobody, so it is lost, as datagrams are.
    }
  }

  private DatagramChannel channelOf(SocketAddress client) throws IOException {
    DatagramChannel known = clients.get(client);
    if (known != null) {
      return known;
    }
    if (clients.size() == MOST_CLIENTS) {
      end(clients.remove(oldest.remove()));
    }
    DatagramChannel channel = DatagramChannel.open().connect(server);
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, client);
    clients.put(client, channel);
    oldest.add(client);
    return channel;
  }

  private static void end(DatagramChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It has ended, which is what was wanted.
    }
  }

  @Override
  public void close() throws IOException {
    selector.close();
  }
}

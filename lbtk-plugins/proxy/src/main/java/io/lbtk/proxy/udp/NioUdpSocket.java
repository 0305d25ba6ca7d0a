package io.lbtk.proxy.udp;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoOps;
import io.netty.channel.nio.NioSelectableChannelIoHandle;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A socket on a channel of the JDK. */
final class NioUdpSocket extends NioSelectableChannelIoHandle<DatagramChannel>
    implements UdpSocket {

  private static final Logger log = LoggerFactory.getLogger(NioUdpSocket.class);

  private final DatagramChannel channel;
  private @Nullable IoRegistration registration;
  private Runnable readable = () -> {};

  /**
   * The peer, once the channel is no longer connected: a connected channel of the JDK cannot send
   * empty datagrams. After the first empty datagram, a closed port of the peer is no longer
   * detected.
   */
  private @Nullable InetSocketAddress target;

  NioUdpSocket(DatagramChannel channel) {
    super(channel);
    this.channel = channel;
  }

  @Override
  public InetSocketAddress localAddress() {
    try {
      return (InetSocketAddress) channel.getLocalAddress();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean register(IoEventLoop loop, Runnable whenReadable) {
    readable = whenReadable;
    Future<IoRegistration> registered = loop.register(this);
    if (!registered.isSuccess()) {
      return false;
    }
    registration = registered.getNow();
    registration.submit(NioIoOps.READ);
    return true;
  }

  @Override
  protected void handle(DatagramChannel ready, SelectionKey key) {
    if (ready.isOpen()) {
      readable.run();
    }
  }

  @Override
  public @Nullable InetSocketAddress receiveFrom(ByteBuffer into) throws IOException {
    into.clear();
    SocketAddress from = channel.receive(into);
    into.flip();
    return (InetSocketAddress) from;
  }

  @Override
  public boolean receive(ByteBuffer into) throws IOException {
    // A read cannot distinguish an empty datagram from none.
    InetSocketAddress from = receiveFrom(into);
    while (from != null && target != null && !from.equals(target)) {
      from = receiveFrom(into);
    }
    return from != null;
  }

  @Override
  public void sendTo(ByteBuffer datagram, InetSocketAddress address) throws IOException {
    channel.send(datagram, address);
    datagram.rewind();
  }

  @Override
  public void send(ByteBuffer datagram) throws IOException {
    if (target == null && !datagram.hasRemaining()) {
      target = (InetSocketAddress) channel.getRemoteAddress();
      channel.disconnect();
    }
    if (target != null) {
      sendTo(datagram, target);
    } else {
      channel.write(datagram);
      datagram.rewind();
    }
  }

  @Override
  public void close() {
    if (registration != null) {
      registration.cancel();
    }
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("a socket did not close well: {}", e.toString());
    }
  }
}

package io.lbtk.proxy.udp;

import io.lbtk.net.OnLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.DatagramSocketAddress;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Linux socket, level-triggered: unread datagrams cause another event. */
final class EpollUdpSocket implements UdpSocket, EpollIoHandle {

  private static final Logger log = LoggerFactory.getLogger(EpollUdpSocket.class);

  private final LinuxSocket socket;
  private @Nullable IoEventLoop loop;
  private @Nullable IoRegistration registration;
  private Runnable readable = () -> {};
  private boolean closed;

  EpollUdpSocket(LinuxSocket socket) {
    this.socket = socket;
  }

  @Override
  public InetSocketAddress localAddress() {
    return socket.localAddress();
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  public boolean register(IoEventLoop onto, Runnable whenReadable) {
    readable = whenReadable;
    Future<IoRegistration> registered = onto.register(this);
    if (!registered.isSuccess()) {
      return false;
    }
    loop = onto;
    registration = registered.getNow();
    registration.submit(EpollIoOps.EPOLLIN);
    return true;
  }

  @Override
  public void handle(IoRegistration source, IoEvent event) {
    if (!closed) {
      readable.run();
    }
  }

  @Override
  public @Nullable InetSocketAddress receiveFrom(ByteBuffer into) throws IOException {
    into.clear();
    DatagramSocketAddress from = socket.recvFrom(into, 0, into.capacity());
    if (from != null) {
      into.limit(from.receivedAmount());
    }
    return from;
  }

  @Override
  public boolean receive(ByteBuffer into) throws IOException {
    into.clear();
    try {
      int received = socket.recv(into, 0, into.capacity());
      // Netty takes an empty datagram for the end of a stream, and returns 0 if there is none.
      into.limit(Math.max(received, 0));
      return received != 0;
    } catch (IOException e) {
      throw asUnreachable(e);
    }
  }

  @Override
  public void sendTo(ByteBuffer datagram, InetSocketAddress address) throws IOException {
    socket.sendTo(datagram, 0, datagram.limit(), address.getAddress(), address.getPort());
  }

  @Override
  public void send(ByteBuffer datagram) throws IOException {
    try {
      socket.send(datagram, 0, datagram.limit());
    } catch (IOException e) {
      throw asUnreachable(e);
    }
  }

  private static IOException asUnreachable(IOException failure) {
    boolean refused =
        failure instanceof Errors.NativeIoException error
            && error.expectedErr() == Errors.ERROR_ECONNREFUSED_NEGATIVE;
    return refused ? new PortUnreachableException("its port is unreachable") : failure;
  }

  /**
   * Closes the socket after the current batch of events. Until then its descriptor must not be
   * reused, since the new socket would receive the events of this one.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (loop == null) {
      closeNow();
    } else {
      OnLoop.post(loop, this::closeNow, this::closeNow);
    }
  }

  private void closeNow() {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("a socket did not close well: {}", e.toString());
    }
    if (registration != null) {
      // Closing the socket has removed it from epoll.
      registration.cancel();
    }
  }
}

package io.lbtk.benchmarks.sidebyside.load;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A socket on the loop, until it is closed or fails. */
abstract class Connection implements EpollIoHandle {

  private static final int WRITABLE = EpollIoOps.EPOLLOUT.value();
  private static final int READABLE =
      EpollIoOps.EPOLLIN.value() | EpollIoOps.EPOLLRDHUP.value() | EpollIoOps.EPOLLERR.value();

  final LoadLoop loop;
  final Socket socket;
  private @Nullable IoRegistration registration;
  private boolean closed;

  /**
   * Is not yet registered.
   *
   * @param socket is closed with this
   */
  Connection(LoadLoop loop, Socket socket) {
    this.loop = loop;
    this.socket = socket;
  }

  final void register(EpollIoOps ops) throws IOException {
    registration = loop.register(this, ops);
  }

  @Override
  public final FileDescriptor fd() {
    return socket;
  }

  @Override
  public final void handle(IoRegistration source, IoEvent event) {
    int ops = ((EpollIoEvent) event).ops().value();
    try {
      if (!closed && (ops & WRITABLE) != 0) {
        writable();
      }
      if (!closed && (ops & READABLE) != 0) {
        readable();
      }
    } catch (IOException e) {
      end(e);
    }
  }

  /** The socket became writable: it is connected, or what was sent before has left. */
  abstract void writable() throws IOException;

  /** There is something to read, an end or an error. */
  abstract void readable() throws IOException;

  /** Is called once, when this is closed; the cause is null if that was meant. */
  abstract void ended(@Nullable IOException cause);

  /** Closes the socket; a second call does nothing. */
  final void end(@Nullable IOException cause) {
    if (closed) {
      return;
    }
    closed = true;
    IOException reason = cause;
    try {
      socket.close();
    } catch (IOException e) {
      reason = reason == null ? e : reason;
    }
    if (registration != null) {
      registration.cancel();
    }
    ended(reason);
  }

  @Override
  public final void close() {
    end(null);
  }
}

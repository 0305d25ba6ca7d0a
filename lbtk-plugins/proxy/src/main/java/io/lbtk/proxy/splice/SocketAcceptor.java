package io.lbtk.proxy.splice;

import io.lbtk.net.FailureText;
import io.lbtk.net.ListenAddress;
import io.lbtk.net.ThrottledWarning;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections on one loop from a listening socket. Pauses while the system has no file
 * descriptor left; connections then wait in the backlog.
 */
public final class SocketAcceptor implements EpollIoHandle {

  private static final Logger log = LoggerFactory.getLogger(SocketAcceptor.class);
  private static final long REST_MILLIS = 100;

  /** Most connections accepted before other sockets on the loop have their turn. */
  private static final int BATCH = 16;

  /** Registers for no event except errors. */
  private static final EpollIoOps PAUSED = EpollIoOps.EPOLLERR;

  private final AcceptHandler handler;
  private final LoopSockets sockets;
  private final ListeningSocket socket;
  private final ThrottledWarning trouble;
  private final String where;
  private final byte[] peerAddress = new byte[128];
  private @Nullable IoRegistration registration;
  private boolean closed;

  /**
   * Creates an acceptor that is not started.
   *
   * @param who the component that accepts, for the log: {@code proxy.front}
   * @param address the address of the socket as configured, for the log
   * @param sockets the sockets of the loop
   * @param socket the listening socket, which is released with this
   */
  public SocketAcceptor(
      String who,
      ListenAddress address,
      AcceptHandler handler,
      LoopSockets sockets,
      ListeningSocket socket) {
    this.handler = handler;
    this.sockets = sockets;
    this.socket = socket;
    this.where = address.toString();
    this.trouble = new ThrottledWarning(log, who, "accepts connections on " + where + " again");
  }

  @Override
  public FileDescriptor fd() {
    return socket.socket();
  }

  /** Starts to accept; called on the loop. */
  public void start() {
    registration = sockets.register(this, EpollIoOps.EPOLLIN);
    if (registration == null) {
      close();
    }
  }

  @Override
  public void handle(IoRegistration source, IoEvent event) {
    acceptUpTo(BATCH);
  }

  private void acceptUpTo(int most) {
    try {
      for (int i = 0; i < most && !closed; i++) {
        if (!handler.reserve()) {
          pause();
          handler.whenRoom(this::resume);
          return;
        }
        if (!acceptReserved()) {
          return;
        }
      }
    } catch (Throwable e) {
      rest(e);
    }
  }

  /**
   * Accepts one connection, for which a slot is reserved. Returns whether to accept another one.
   */
  private boolean acceptReserved() throws IOException {
    int descriptor = -1;
    try {
      descriptor = socket.socket().accept(peerAddress);
    } finally {
      if (descriptor < 0) {
        handler.giveBack();
      }
    }
    if (descriptor < 0) {
      return false;
    }
    long now = System.nanoTime();
    trouble.recovered(now);
    long rest = handler.accepted(now);
    handler.begin(new Socket(descriptor));
    if (rest > 0) {
      pause();
      resumeIn(rest);
    }
    return rest == 0;
  }

  /** Pauses for a while after an error, mostly for want of file descriptors. */
  private void rest(Throwable cause) {
    trouble.failed(
        "cannot accept connections on %s: %s; retrying every %d ms"
            .formatted(where, FailureText.of(cause), REST_MILLIS),
        System.nanoTime());
    pause();
    resumeIn(TimeUnit.MILLISECONDS.toNanos(REST_MILLIS));
  }

  /** Stops accepting for now; connections wait in the backlog. */
  private void pause() {
    submit(PAUSED);
  }

  private void resume() {
    submit(EpollIoOps.EPOLLIN);
  }

  private void resumeIn(long nanos) {
    sockets.schedule(this::resume, nanos);
  }

  private void submit(EpollIoOps ops) {
    IoRegistration current = registration;
    if (!closed && current != null) {
      current.submit(ops);
    }
  }

  /** Accepts what is in the backlog, then stops; called on the loop. */
  public void stop(CompletableFuture<@Nullable Void> stopped) {
    if (!closed) {
      acceptUpTo(Integer.MAX_VALUE);
      close();
    }
    stopped.complete(null);
  }

  /**
   * Stops at once and leaves the backlog to the other users of the socket. Also called when the
   * loop ends.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    socket.release();
    if (registration != null) {
      registration.cancel();
    }
  }
}

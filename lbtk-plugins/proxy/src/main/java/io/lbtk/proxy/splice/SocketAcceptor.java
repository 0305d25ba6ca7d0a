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
 * Accepts the clients of one loop, on that loop, by a listening socket of its own. While the system
 * has no file descriptor left it rests; the connections wait in the backlog.
 */
public final class SocketAcceptor implements EpollIoHandle {

  private static final Logger log = LoggerFactory.getLogger(SocketAcceptor.class);
  private static final long REST_MILLIS = 100;

  /** Then the others on the loop have their turn. */
  private static final int BATCH = 16;

  /** No event but an error is of interest. */
  private static final EpollIoOps PAUSED = EpollIoOps.EPOLLERR;

  private final AcceptHandler reception;
  private final LoopSockets sockets;
  private final ListeningSocket socket;
  private final ThrottledWarning trouble;
  private final String where;
  private final byte[] peerAddress = new byte[128];
  private @Nullable IoRegistration registration;
  private boolean closed;

  /**
   * Does not accept yet.
   *
   * @param who whose clients they are, for the log: {@code proxy.front}
   * @param address what the socket was bound by, for the log
   * @param sockets of the loop
   * @param socket listens; it is released with this
   */
  public SocketAcceptor(
      String who,
      ListenAddress address,
      AcceptHandler reception,
      LoopSockets sockets,
      ListeningSocket socket) {
    this.reception = reception;
    this.sockets = sockets;
    this.socket = socket;
    this.where = address.toString();
    this.trouble = new ThrottledWarning(log, who, "it accepts connections on " + where + " again");
  }

  @Override
  public FileDescriptor fd() {
    return socket.socket();
  }

  /** Begins to accept; called on the loop. */
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
        if (!reception.reserve()) {
          pause();
          reception.whenRoom(this::resume);
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

  /** Accepts one connection, whose place is reserved. Returns whether another may follow. */
  private boolean acceptReserved() throws IOException {
    int descriptor = -1;
    try {
      descriptor = socket.socket().accept(peerAddress);
    } finally {
      if (descriptor < 0) {
        reception.giveBack();
      }
    }
    if (descriptor < 0) {
      return false;
    }
    long now = System.nanoTime();
    trouble.recovered(now);
    long rest = reception.accepted(now);
    reception.begin(new Socket(descriptor));
    if (rest > 0) {
      pause();
      resumeIn(rest);
    }
    return rest == 0;
  }

  /** Mostly no file descriptor left. */
  private void rest(Throwable cause) {
    trouble.failed(
        "cannot accept connections on %s: %s; it tries again every %d ms"
            .formatted(where, FailureText.of(cause), REST_MILLIS),
        System.nanoTime());
    pause();
    resumeIn(TimeUnit.MILLISECONDS.toNanos(REST_MILLIS));
  }

  /** The connections wait in the backlog. */
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

  /** Takes what waits in the backlog, then stops; called on the loop. */
  public void stop(CompletableFuture<@Nullable Void> stopped) {
    if (!closed) {
      acceptUpTo(Integer.MAX_VALUE);
      close();
    }
    stopped.complete(null);
  }

  /**
   * Stops at once; what waits in the backlog is for others who accept from the same socket. Also
   * called when the loop ends.
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

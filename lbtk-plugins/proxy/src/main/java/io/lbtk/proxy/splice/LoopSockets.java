package io.lbtk.proxy.splice;

import io.lbtk.net.OnLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registers and closes the sockets of one event loop. Confined to that loop. */
public final class LoopSockets implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LoopSockets.class);

  private final IoEventLoop executor;
  private final List<Closing> closing = new ArrayList<>();

  /** Creates an instance without sockets. */
  public LoopSockets(IoEventLoop executor) {
    this.executor = executor;
  }

  /** Runs a task on the loop after the current one; does nothing if the loop has been shut down. */
  public void execute(Runnable task) {
    // The code that shut down the loop has closed everything on it.
    OnLoop.post(executor, task, () -> {});
  }

  /** Runs a task on the loop after a delay, unless the loop ends before. */
  void schedule(Runnable task, long nanos) {
    var unused = executor.schedule(task, nanos, TimeUnit.NANOSECONDS);
  }

  /** Registers a handle for events; returns null if the loop or the system accepts no more. */
  public @Nullable IoRegistration register(EpollIoHandle handle, EpollIoOps ops) {
    Future<IoRegistration> registered = executor.register(handle);
    if (!registered.isSuccess()) {
      return null;
    }
    IoRegistration registration = registered.getNow();
    try {
      registration.submit(ops);
      return registration;
    } catch (UncheckedIOException e) {
      log.debug("failed to register a socket: {}", e.toString());
      registration.cancel();
      return null;
    }
  }

  /**
   * Repeats the current events of a socket, after the pending events of other sockets. A task would
   * not do: a loop runs tasks submitted by tasks for up to a second before it polls its sockets
   * again.
   *
   * @param ops the events that the socket is registered for
   */
  public void tellAgain(@Nullable IoRegistration registration, EpollIoOps ops) {
    if (registration != null && registration.isValid()) {
      registration.submit(ops);
    }
  }

  /**
   * Closes a socket after the current batch of events. Until then its file descriptor must not be
   * reused, as a new socket would receive the remaining events of this one.
   *
   * @param registration the registration of the socket; null if it has none
   */
  public void close(Socket socket, @Nullable IoRegistration registration) {
    closing.add(new Closing(socket, registration));
    if (closing.size() == 1) {
      OnLoop.post(executor, this::closeNow, this::closeNow);
    }
  }

  private void closeNow() {
    for (Closing each : closing) {
      try {
        each.socket.close();
      } catch (IOException e) {
        log.debug("failed to close socket: {}", e.toString());
      }
      if (each.registration != null) {
        // Closing the socket has removed it from epoll.
        each.registration.cancel();
      }
    }
    closing.clear();
  }

  /** Closes the sockets that still wait to be closed; called on the loop, or when it has ended. */
  @Override
  public void close() {
    closeNow();
  }

  private record Closing(Socket socket, @Nullable IoRegistration registration) {}
}

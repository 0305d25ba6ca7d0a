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

/** How the sockets of one loop are waited for and closed. Used by that loop. */
public final class LoopSockets implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LoopSockets.class);

  private final IoEventLoop executor;
  private final List<Closing> closing = new ArrayList<>();

  /** Without a socket yet. */
  public LoopSockets(IoEventLoop executor) {
    this.executor = executor;
  }

  /** Runs a task on the loop, after what it does now; nothing if the loop takes none any more. */
  public void execute(Runnable task) {
    // Whoever ends the loop has closed what lives on it.
    OnLoop.post(executor, task, () -> {});
  }

  /** Runs a task on the loop after a time, unless the loop ends before. */
  void schedule(Runnable task, long nanos) {
    var unused = executor.schedule(task, nanos, TimeUnit.NANOSECONDS);
  }

  /** Registers a handle for events; null if the loop or the system takes none any more. */
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
      log.debug("a socket cannot be waited for: {}", e.toString());
      registration.cancel();
      return null;
    }
  }

  /**
   * Has the events that hold of a socket told once more, after those of the others that wait. A
   * task would not do: a loop runs tasks that come from tasks for up to a second before it looks at
   * its sockets again.
   *
   * @param ops as it was registered for
   */
  public void tellAgain(@Nullable IoRegistration registration, EpollIoOps ops) {
    if (registration != null && registration.isValid()) {
      registration.submit(ops);
    }
  }

  /**
   * Closes a socket, after the events that came together with those that are handled now: until
   * then its number must not be taken anew, as the new socket would get what was meant for it.
   *
   * @param registration of the socket, if it has one
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
        log.debug("a socket did not close well: {}", e.toString());
      }
      if (each.registration != null) {
        // The socket has left epoll when it was closed.
        each.registration.cancel();
      }
    }
    closing.clear();
  }

  /** Closes now what is still to be closed; called on the loop, or when it has ended. */
  @Override
  public void close() {
    closeNow();
  }

  private record Closing(Socket socket, @Nullable IoRegistration registration) {}
}

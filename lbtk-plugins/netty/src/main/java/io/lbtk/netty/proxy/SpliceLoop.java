package io.lbtk.netty.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelException;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the tunnels of one loop share: the buffer that bytes are copied through, pipes, and how
 * their sockets are connected and registered.
 */
final class SpliceLoop implements TunnelEngine.Connector {

  /** What is read from a connection of few bytes. */
  static final int SMALL_READ = 16 * 1024;

  /** A stream that fills a read of this size moves much. */
  static final int BULK_READ = 64 * 1024;

  /** One large read after the other is the fastest way for a stream that is alone. */
  static final int LARGE_READ = 256 * 1024;

  // Of linux/in.h and linux/tcp.h.
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_USER_TIMEOUT = 18;

  /** While more than this waits in memory to be written, all read little. */
  private static final long MOST_PENDING = 16L * 1024 * 1024;

  private static final Logger log = LoggerFactory.getLogger(SpliceLoop.class);

  private final IoEventLoop executor;
  private final int userTimeoutMillis;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(LARGE_READ);
  private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
  private final PipePool pipes;
  private final BulkMeter bulk = new BulkMeter();
  private final List<Closing> closing = new ArrayList<>();
  private long pendingBytes;

  SpliceLoop(IoEventLoop executor, PipeSize pipeSize, int userTimeoutMillis) {
    this.executor = executor;
    this.userTimeoutMillis = userTimeoutMillis;
    this.pipes = new PipePool(pipeSize);
  }

  /** Bytes are in it only within one call. */
  ByteBuffer buffer() {
    return buffer;
  }

  BulkMeter bulk() {
    return bulk;
  }

  /** Whether much waits to be written. */
  boolean isCrowded() {
    return pendingBytes > MOST_PENDING;
  }

  /** Copies a part of the buffer, until it is given back by {@link #released}. */
  ByteBuf keep(int from, int to) {
    ByteBuf kept = allocator.directBuffer(to - from);
    kept.writeBytes(buffer.duplicate().position(from).limit(to));
    pendingBytes += kept.capacity();
    return kept;
  }

  void released(ByteBuf kept) {
    pendingBytes -= kept.capacity();
    kept.release();
  }

  /** An empty pipe; null if the system has none left. */
  @Nullable Pipe pipe() {
    try {
      return pipes.take();
    } catch (IOException e) {
      log.debug("no pipe to splice through: {}", e.toString());
      return null;
    }
  }

  void release(Pipe pipe) {
    pipes.give(pipe);
  }

  void execute(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      // The loop ends, and closes every tunnel.
      log.debug("a loop ends: {}", e.toString());
    }
  }

  /** Registers a handle for events; null if the loop or the system takes none any more. */
  @Nullable IoRegistration register(EpollIoHandle handle, EpollIoOps ops) {
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

  /** Sets the options of a side of a tunnel. */
  static void prepare(LinuxSocket socket, int userTimeoutMillis) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setKeepAlive(true);
    if (userTimeoutMillis > 0) {
      socket.setIntOpt(IPPROTO_TCP, TCP_USER_TIMEOUT, userTimeoutMillis);
    }
  }

  @Override
  public TunnelEnd connect(Tunnel tunnel, InetSocketAddress address, Attempt attempt) {
    LinuxSocket socket = LinuxSocket.newSocketStream(address.getAddress() instanceof Inet6Address);
    SpliceEnd end = SpliceEnd.connecting(tunnel, this, socket, attempt);
    try {
      prepare(socket, userTimeoutMillis);
      socket.connect(address);
      if (!end.register()) {
        throw new ChannelException("the loop waits for no further socket");
      }
    } catch (IOException e) {
      end.failSoon(asBindException(e));
    } catch (ChannelException e) {
      end.close(false);
      throw e;
    }
    return end;
  }

  /** As the sockets of Java say that no port of our own is left to connect from. */
  private static IOException asBindException(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.contains("Cannot assign requested address")
        ? new BindException(message)
        : failure;
  }

  /**
   * Closes a socket, after the events that came together with those that are handled now: until
   * then its number must not be taken anew, as the new socket would get what was meant for it.
   */
  void close(Socket socket, @Nullable IoRegistration registration) {
    closing.add(new Closing(socket, registration));
    if (closing.size() == 1) {
      try {
        executor.execute(this::closeNow);
      } catch (RejectedExecutionException e) {
        closeNow();
      }
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

  @Override
  public void close() {
    closeNow();
    pipes.close();
  }

  private record Closing(Socket socket, @Nullable IoRegistration registration) {}
}

package io.lbtk.proxy.splice;

import io.lbtk.core.net.LocalPorts;
import io.lbtk.proxy.tcp.Attempt;
import io.lbtk.proxy.tcp.Tunnel;
import io.lbtk.proxy.tcp.TunnelEnd;
import io.lbtk.proxy.tcp.TunnelEngine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelException;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resources shared by the tunnels of one loop: the copy buffer, the pipes, and the registration
 * of sockets.
 */
final class SpliceLoop implements TunnelEngine.Connector {

  /** Bytes read at a time from a connection with little input. */
  static final int SMALL_READ = 16 * 1024;

  /** Bytes available at a time from which a stream is spliced. */
  static final int BULK_READ = 64 * 1024;

  /** Most bytes copied at a time; large reads are the fastest way if there is no pipe. */
  static final int LARGE_READ = 256 * 1024;

  // Constants of linux/in.h and linux/tcp.h.
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_USER_TIMEOUT = 18;

  /** Pending bytes in memory above which all ends read little at a time. */
  private static final long MOST_PENDING = 16L * 1024 * 1024;

  private static final Logger log = LoggerFactory.getLogger(SpliceLoop.class);

  private final LoopSockets sockets;
  private final int userTimeoutMillis;
  private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
  private ByteBuf block;
  private ByteBuffer buffer;
  private final PipePool pipes;
  private final LocalPorts localPorts;
  private long pendingBytes;

  SpliceLoop(
      IoEventLoop executor, PipeSize pipeSize, LocalPorts localPorts, int userTimeoutMillis) {
    this.sockets = new LoopSockets(executor);
    this.userTimeoutMillis = userTimeoutMillis;
    this.pipes = new PipePool(pipeSize);
    this.localPorts = localPorts;
    this.block = allocator.directBuffer(LARGE_READ);
    this.buffer = block.nioBuffer(0, LARGE_READ);
  }

  /** Returns the copy buffer, which holds data only within one call. */
  ByteBuffer buffer() {
    return buffer;
  }

  /** Returns the local ports for outgoing connections. */
  LocalPorts localPorts() {
    return localPorts;
  }

  /** Returns whether many bytes are pending in memory. */
  boolean isCrowded() {
    return pendingBytes > MOST_PENDING;
  }

  /**
   * Keeps a part of the buffer until it is given back by {@link #released}. A small part is copied;
   * a large one stays in place, and the loop gets a new buffer.
   */
  ByteBuf keep(int from, int to) {
    ByteBuf kept;
    if (to - from < BULK_READ) {
      kept = allocator.directBuffer(to - from);
      kept.writeBytes(buffer.duplicate().position(from).limit(to));
    } else {
      kept = block.setIndex(from, to);
      block = allocator.directBuffer(LARGE_READ);
      buffer = block.nioBuffer(0, LARGE_READ);
    }
    pendingBytes += kept.capacity();
    return kept;
  }

  void released(ByteBuf kept) {
    pendingBytes -= kept.capacity();
    kept.release();
  }

  /** Returns the pipes for splicing. */
  PipePool pipes() {
    return pipes;
  }

  /** Returns the sockets of this loop. */
  LoopSockets sockets() {
    return sockets;
  }

  /** Sets TCP_USER_TIMEOUT on a socket if it is configured. */
  void setUserTimeout(Socket socket) {
    if (userTimeoutMillis > 0) {
      try {
        socket.setIntOpt(IPPROTO_TCP, TCP_USER_TIMEOUT, userTimeoutMillis);
      } catch (IOException e) {
        log.debug("cannot set TCP_USER_TIMEOUT: {}", e.toString());
      }
    }
  }

  @Override
  public TunnelEnd connect(Tunnel tunnel, InetSocketAddress address, Attempt attempt) {
    LinuxSocket socket = LinuxSocket.newSocketStream(address.getAddress() instanceof Inet6Address);
    SpliceEnd end = SpliceEnd.connecting(tunnel, this, socket, attempt);
    try {
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      setUserTimeout(socket);
      socket.connect(address);
      if (!end.register()) {
        throw new ChannelException("the event loop accepts no further sockets");
      }
    } catch (IOException e) {
      end.failSoon(asBindException(e));
    } catch (ChannelException e) {
      end.close(false);
      throw e;
    }
    return end;
  }

  /** Returns a BindException if no local port was left to connect from, as Java sockets do. */
  private static IOException asBindException(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.contains("Cannot assign requested address")
        ? new BindException(message)
        : failure;
  }

  @Override
  public void close() {
    sockets.close();
    pipes.close();
    block.release();
  }
}

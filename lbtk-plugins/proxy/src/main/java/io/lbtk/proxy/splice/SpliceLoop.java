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
 * What the tunnels of one loop share: the buffer that bytes are copied through, pipes, and how
 * their sockets are connected and registered.
 */
final class SpliceLoop implements TunnelEngine.Connector {

  /** What is read from a connection of few bytes. */
  static final int SMALL_READ = 16 * 1024;

  /** A stream of which so much is there at a time is spliced from then on. */
  static final int BULK_READ = 64 * 1024;

  /** The most that is copied at a time; where no pipe can be had, that is the fastest way. */
  static final int LARGE_READ = 256 * 1024;

  // Of linux/in.h and linux/tcp.h.
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_USER_TIMEOUT = 18;

  /** While more than this waits in memory to be written, all read little. */
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

  /** Bytes are in it only within one call. */
  ByteBuffer buffer() {
    return buffer;
  }

  /** Which ports sockets that connect may get. */
  LocalPorts localPorts() {
    return localPorts;
  }

  /** Whether much waits to be written. */
  boolean isCrowded() {
    return pendingBytes > MOST_PENDING;
  }

  /**
   * Keeps a part of the buffer, until it is given back by {@link #released}: little is copied; much
   * stays where it is, and the loop gets another buffer.
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

  /** What is spliced goes through these. */
  PipePool pipes() {
    return pipes;
  }

  /** How the sockets of the loop are waited for. */
  LoopSockets sockets() {
    return sockets;
  }

  /** Tells the system for how long a side of a tunnel may take nothing, if it is to know. */
  void setUserTimeout(Socket socket) {
    if (userTimeoutMillis > 0) {
      try {
        socket.setIntOpt(IPPROTO_TCP, TCP_USER_TIMEOUT, userTimeoutMillis);
      } catch (IOException e) {
        log.debug("a socket has the user timeout of the system: {}", e.toString());
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

  @Override
  public void close() {
    sockets.close();
    pipes.close();
    block.release();
  }
}

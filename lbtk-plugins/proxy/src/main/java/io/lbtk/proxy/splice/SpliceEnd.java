package io.lbtk.proxy.splice;

import io.lbtk.core.net.SelfConnection;
import io.lbtk.proxy.tcp.Attempt;
import io.lbtk.proxy.tcp.ClientHeader;
import io.lbtk.proxy.tcp.Tunnel;
import io.lbtk.proxy.tcp.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A side of a tunnel on a plain socket. Input is copied through the buffer of the loop; while large
 * amounts arrive at a time it is spliced through a pipe.
 *
 * <p>The socket is registered once, edge-triggered: an event means that the socket may be readable
 * or writable, until a call finds that it is not. The end of input is reported only by a read,
 * never by an event, since an event may come before the bytes that it follows.
 */
final class SpliceEnd extends TunnelEnd implements EpollIoHandle, Runnable {

  private static final Logger log = LoggerFactory.getLogger(SpliceEnd.class);

  /** Most bytes spliced before other sockets on the loop have their turn. */
  private static final int SPLICED_TURN = 1024 * 1024;

  private static final int COPIED_TURN = SpliceLoop.LARGE_READ;

  private final SpliceLoop loop;
  private final Socket socket;
  private @Nullable IoRegistration registration;
  private @Nullable Attempt attempt;
  private @Nullable SpliceEnd peer;

  /** Gets all input until the PROXY header is complete. */
  private @Nullable ClientHeader first;

  /** Data that was read and is not written yet. */
  private @Nullable ByteBuf pending;

  /** Holds data that was spliced in and is not spliced out yet. */
  private @Nullable Pipe pipe;

  private int chunk = SpliceLoop.SMALL_READ;
  private boolean readable;
  private boolean writable;
  private boolean hangup;
  private boolean watching;
  private boolean splicing;
  private boolean closed;

  private SpliceEnd(Tunnel tunnel, SpliceLoop loop, Socket socket) {
    super(tunnel);
    this.loop = loop;
    this.socket = socket;
  }

  /** Creates the end of a client, whose socket was accepted. */
  static SpliceEnd accepted(Tunnel tunnel, SpliceLoop loop, Socket socket) {
    SpliceEnd end = new SpliceEnd(tunnel, loop, socket);
    end.writable = true;
    return end;
  }

  /** Creates the end of a target, whose socket is being connected. */
  static SpliceEnd connecting(Tunnel tunnel, SpliceLoop loop, Socket socket, Attempt attempt) {
    SpliceEnd end = new SpliceEnd(tunnel, loop, socket);
    end.attempt = attempt;
    return end;
  }

  /** Registers the socket. Returns false if the loop accepts no more. */
  boolean register() {
    registration = loop.sockets().register(this, SocketEvents.ALL);
    return registration != null;
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  @Nullable
  public InetSocketAddress remoteAddress() {
    return socket.remoteAddress();
  }

  @Override
  @Nullable
  public InetSocketAddress localAddress() {
    return socket.localAddress();
  }

  @Override
  @Nullable
  public SpliceEnd peer() {
    return peer;
  }

  /** Handles events. Throws nothing, as the other events of the same batch would be lost. */
  @Override
  public void handle(IoRegistration source, IoEvent event) {
    if (closed) {
      return;
    }
    try {
      handle(SocketEvents.of(event));
    } catch (Throwable e) {
      tunnel().fail(e);
    }
  }

  private void handle(int told) {
    readable |= SocketEvents.isInput(told);
    hangup |= SocketEvents.isHangup(told);
    writable |= SocketEvents.isOutput(told);
    if (attempt != null) {
      // This one event may also cover all data that the target has sent, and its end.
      finishConnect(attempt);
      return;
    }
    SpliceEnd other = peer;
    if (other == null) {
      if (first != null) {
        readFirst();
      } else if (watching) {
        readEarly();
      }
      return;
    }
    if (readable) {
      pump();
    }
    if (SocketEvents.isBroken(told) && !closed && !outputDone()) {
      findFailure(other);
    }
    if (writable && !closed && (other.readable || other.hasPending())) {
      other.pump();
    }
  }

  /**
   * Ends the output if the connection is broken. The next write may be far off, so an empty write
   * is used to detect it.
   */
  private void findFailure(SpliceEnd from) {
    try {
      int unused = send(loop.buffer(), 0, 0);
    } catch (IOException e) {
      from.outputFailed(this, e);
    }
  }

  private void finishConnect(Attempt connecting) {
    boolean connected;
    try {
      // Writable without an error, so there is nothing to detect.
      connected = (writable && !hangup) || socket.finishConnect();
    } catch (IOException e) {
      attempt = null;
      connecting.failed(this, e);
      return;
    }
    if (connected && isJoinedToItself(connecting)) {
      attempt = null;
      resetOnClose();
      connecting.failed(this, new ConnectException("Connection refused"));
    } else if (connected) {
      attempt = null;
      writable = true;
      connecting.connected(this);
    }
  }

  /** Returns whether the socket is connected to itself: see {@link SelfConnection}. */
  private boolean isJoinedToItself(Attempt connecting) {
    InetSocketAddress target = connecting.address();
    return target != null
        && loop.localPorts().contains(target.getPort())
        && SelfConnection.is(socket.localAddress(), target);
  }

  /** Reports a connect that failed at once, after the caller has received this end. */
  void failSoon(IOException cause) {
    loop.sockets()
        .execute(
            () -> {
              Attempt connecting = attempt;
              if (!closed && connecting != null) {
                attempt = null;
                connecting.failed(this, cause);
              }
            });
  }

  @Override
  public boolean isBehind() {
    return peer != null && peer.hasPending();
  }

  @Override
  public void watch() {
    watching = true;
    if (readable) {
      readEarly();
    }
  }

  /** Reads once before there is a peer, to detect whether the client is still connected. */
  private void readEarly() {
    if (pending != null || inputDone()) {
      return;
    }
    int read = receive(SpliceLoop.SMALL_READ);
    if (read > 0) {
      relayed(read);
      keep(0, read);
    }
  }

  @Override
  public void readFirst(ClientHeader header) {
    first = header;
  }

  private void readFirst() {
    ClientHeader header = first;
    while (header != null && readable && !inputDone()) {
      int read = receive(SpliceLoop.SMALL_READ);
      if (read <= 0) {
        return;
      }
      ByteBuffer bytes = loop.buffer().duplicate().position(0).limit(read);
      if (!header.read(bytes)) {
        first = null;
        if (bytes.hasRemaining()) {
          relayed(bytes.remaining());
          keep(bytes.position(), read);
        }
        header.end();
        return;
      }
    }
  }

  @Override
  public void relayFirst(byte[] bytes) {
    ByteBuf early = pending;
    ByteBuffer joined = loop.buffer().duplicate().clear().put(bytes);
    if (early != null) {
      early.readBytes(joined.limit(bytes.length + early.readableBytes()));
      loop.released(early);
    }
    keep(0, joined.position());
  }

  @Override
  public void pairWith(TunnelEnd other) {
    peer = (SpliceEnd) other;
  }

  @Override
  public boolean holdsAllInput() {
    return relayed() == 0 || (pending != null && pending.readableBytes() >= relayed());
  }

  @Override
  public void part() {
    peer = null;
    ByteBuf held = pending;
    if (held != null && relayed() > 0) {
      held.skipBytes(Math.toIntExact(held.readableBytes() - relayed()));
    } else {
      dropHeld();
    }
  }

  @Override
  public void relay() {
    // Clients mostly send first, and their data has arrived by now.
    readable = true;
    pump();
  }

  /** Continues after a turn has ended. */
  @Override
  public void run() {
    try {
      if (!closed && peer != null) {
        pump();
      }
    } catch (Throwable e) {
      tunnel().fail(e);
    }
  }

  @Override
  public void resumeReading() {
    run();
  }

  /** Relays available input from this side to the other, for one turn. */
  private void pump() {
    SpliceEnd to = peer;
    if (to == null) {
      return;
    }
    int moved = 0;
    while (!closed && !to.closed) {
      if (hasPending() && !flush(to)) {
        return;
      }
      if (inputDone()) {
        to.finish();
        return;
      }
      if (!readable) {
        return;
      }
      if (moved >= (splicing ? SPLICED_TURN : COPIED_TURN)) {
        loop.sockets().tellAgain(registration, SocketEvents.ALL);
        return;
      }
      if (!mayRead()) {
        return;
      }
      int more = splicing && !to.outputDone() ? splice(moved) : copy(to);
      if (more > 0) {
        moved += more;
        if (!to.outputDone()) {
          tunnel().touch();
        }
      }
    }
  }

  /** Reads once and writes the data. Returns the number of bytes read. */
  private int copy(SpliceEnd to) {
    int most = mostRead(loop.isCrowded() ? SpliceLoop.SMALL_READ : chunk);
    int read = receive(most);
    if (read <= 0) {
      return read;
    }
    if (read < most) {
      // The receive queue is empty, so the next byte is a new event, except after a hang-up.
      readable = hangup;
      if (read < chunk / 4 && chunk > SpliceLoop.SMALL_READ) {
        chunk /= 4;
      }
    } else {
      chunk = Math.min(chunk * 4, SpliceLoop.LARGE_READ);
    }
    splicing = read >= SpliceLoop.BULK_READ;
    if (to.outputDone()) {
      return read;
    }
    boolean first = relayed() == 0;
    relayed(read);
    int written;
    try {
      written = to.send(loop.buffer(), 0, read);
    } catch (IOException e) {
      if (first) {
        // Another target may get the data if this one has reset the connection.
        keep(0, read);
      }
      outputFailed(to, e);
      return read;
    }
    if (written < read) {
      keep(written, read);
    }
    return read;
  }

  /** Ends the output of the peer and drops its data, unless the data is now for another peer. */
  private void outputFailed(SpliceEnd to, IOException cause) {
    to.endOutput(cause);
    if (peer == to) {
      dropHeld();
    }
  }

  /**
   * Returns the number of bytes read; 0 if there are none for now, negative at the end of input.
   */
  private int receive(int most) {
    try {
      int read = socket.recv(loop.buffer(), 0, most);
      if (read < 0) {
        endInput(false);
      } else if (read == 0) {
        readable = false;
      }
      return read;
    } catch (IOException e) {
      endInput(true);
      return -1;
    }
  }

  /** Returns the number of bytes written; 0 if there is no room. */
  private int send(ByteBuffer buffer, int from, int to) throws IOException {
    int written = socket.send(buffer, from, to);
    writable = written == to - from;
    return written;
  }

  private void keep(int from, int to) {
    pending = loop.keep(from, to);
  }

  /**
   * Fills a pipe from this side. Returns the number of bytes; 0 if they have to be copied for now.
   */
  private int splice(int movedBefore) {
    Pipe filling = loop.pipes().take();
    if (filling == null) {
      splicing = false;
      return 0;
    }
    pipe = filling;
    boolean broken = false;
    try {
      filling.fillFrom(socket, mostRead(SPLICED_TURN));
    } catch (IOException e) {
      broken = true;
    }
    int read = filling.filled();
    if (read > 0) {
      relayed(read);
    } else {
      dropHeld();
    }
    if (broken) {
      endInput(true);
    } else if (read == 0 && hangup) {
      // Perhaps the end of input, which a read reports.
      splicing = false;
    } else if (read == 0) {
      readable = false;
      splicing = movedBefore >= SpliceLoop.SMALL_READ;
    }
    return read;
  }

  /** Returns whether data was read that is not written yet. */
  private boolean hasPending() {
    return pending != null || pipe != null;
  }

  /** Writes held data. Returns false if some of it still waits for room. */
  private boolean flush(SpliceEnd to) {
    if (to.outputDone()) {
      dropHeld();
      return true;
    }
    if (!to.writable) {
      return false;
    }
    if (pending != null) {
      return flushPending(to, pending);
    }
    return pipe == null || flushPipe(to, pipe);
  }

  private boolean flushPending(SpliceEnd to, ByteBuf held) {
    int length = held.readableBytes();
    ByteBuffer bytes = held.internalNioBuffer(held.readerIndex(), length);
    int written;
    try {
      written = to.send(bytes, bytes.position(), bytes.limit());
    } catch (IOException e) {
      outputFailed(to, e);
      return peer == to;
    }
    if (written > 0) {
      tunnel().touch();
    }
    if (written < length) {
      held.skipBytes(written);
      return false;
    }
    dropHeld();
    return true;
  }

  private boolean flushPipe(SpliceEnd to, Pipe draining) {
    try {
      while (draining.filled() > 0) {
        if (draining.drainTo(to.socket) == 0) {
          to.writable = false;
          return false;
        }
        tunnel().touch();
      }
      dropHeld();
    } catch (IOException e) {
      outputFailed(to, e);
    }
    return true;
  }

  /** Releases the buffer and the pipe, with their content. */
  private void dropHeld() {
    if (pending != null) {
      loop.released(pending);
      pending = null;
    }
    if (pipe != null) {
      loop.pipes().give(pipe);
      pipe = null;
    }
  }

  @Override
  public void finish() {
    SpliceEnd from = peer;
    if (from != null && !from.hasPending()) {
      finished();
    }
  }

  @Override
  public void discardInput() {
    // Data for the peer is dropped from now on, so that this side is read again.
    if (!closed && peer != null) {
      loop.sockets().execute(this);
    }
  }

  @Override
  public boolean shutdownOutput() {
    try {
      socket.shutdown(false, true);
      return true;
    } catch (IOException | NotYetConnectedException e) {
      // Netty reports a closed connection by the second one.
      return false;
    }
  }

  /** Closes this end when the loop ends. */
  @Override
  public void close() {
    tunnel().abort();
    close(false);
  }

  @Override
  public void close(boolean hard) {
    if (closed) {
      return;
    }
    closed = true;
    Attempt connecting = attempt;
    attempt = null;
    boolean joinedToItself = connecting != null && isJoinedToItself(connecting);
    boolean unsent = isBehind();
    SpliceEnd from = peer;
    if (from == null) {
      dropHeld();
    } else {
      from.dropHeld();
    }
    if (hard || unsent || joinedToItself) {
      resetOnClose();
    }
    loop.sockets().close(socket, registration);
  }

  private void resetOnClose() {
    try {
      socket.setSoLinger(0);
    } catch (IOException e) {
      log.debug("{}: {}", tunnel(), e.toString());
    }
  }
}

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
 * A side of a tunnel on a plain socket: what it receives is copied through the buffer of its loop
 * or, once much comes at a time and until little does, spliced through a pipe.
 *
 * <p>The socket is registered once, edge-triggered: an event says that there may be something to
 * read, or room to write, until a call finds that there is none. The end of the input is what a
 * read returns, never an event: an event may come before the bytes that it follows.
 */
final class SpliceEnd extends TunnelEnd implements EpollIoHandle, Runnable {

  private static final Logger log = LoggerFactory.getLogger(SpliceEnd.class);

  /** The others on the loop have their turn after so many bytes; to copy them takes longer. */
  private static final int SPLICED_TURN = 1024 * 1024;

  private static final int COPIED_TURN = SpliceLoop.LARGE_READ;

  private final SpliceLoop loop;
  private final Socket socket;
  private @Nullable IoRegistration registration;
  private @Nullable Attempt attempt;
  private @Nullable SpliceEnd peer;

  /** Gets all that is received until it has enough. */
  private @Nullable ClientHeader first;

  /** What was read and could not be written yet. */
  private @Nullable ByteBuf pending;

  /** What was spliced in and could not be spliced out yet is in here. */
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

  /** The side of a client, whose socket was accepted. */
  static SpliceEnd accepted(Tunnel tunnel, SpliceLoop loop, Socket socket) {
    SpliceEnd end = new SpliceEnd(tunnel, loop, socket);
    end.writable = true;
    return end;
  }

  /** The side of a target, whose socket is being connected. */
  static SpliceEnd connecting(Tunnel tunnel, SpliceLoop loop, Socket socket, Attempt attempt) {
    SpliceEnd end = new SpliceEnd(tunnel, loop, socket);
    end.attempt = attempt;
    return end;
  }

  /** Begins to wait for events of the socket. False if the loop takes none any more. */
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

  /** Throws nothing: the other events that came with this one would be lost. */
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
      // The event may tell of all that the target has sent, and that it has ended, too.
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
   * Ends the output if the connection is broken. It may be long until something is to be written,
   * so that an empty write has to tell.
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
      // That there is room to write and no error says it all.
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

  /** The kernel refused at once: says so as soon as whoever began to connect knows this end. */
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

  /** Reads once before there is a peer, to see whether the client is still there. */
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
    // Clients mostly speak first, and have done so by now.
    readable = true;
    pump();
  }

  /** Goes on with what it left. */
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

  /** Moves what there is from this side to the other, for one turn. */
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

  /** Reads once, and writes what it got. Returns how much that was. */
  private int copy(SpliceEnd to) {
    int most = mostRead(loop.isCrowded() ? SpliceLoop.SMALL_READ : chunk);
    int read = receive(most);
    if (read <= 0) {
      return read;
    }
    if (read < most) {
      // The queue is empty, and the next byte is a new event; but after a hang-up none comes.
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
        // Another target may get it, if this one has reset the connection.
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

  /** Ends the output of the peer, and drops what was for it, unless it is for the next one now. */
  private void outputFailed(SpliceEnd to, IOException cause) {
    to.endOutput(cause);
    if (peer == to) {
      dropHeld();
    }
  }

  /** Returns how many bytes were read; 0 if there are none for now, negative at the end. */
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

  /** Returns how many bytes were written; 0 if there is no room. */
  private int send(ByteBuffer buffer, int from, int to) throws IOException {
    int written = socket.send(buffer, from, to);
    writable = written == to - from;
    return written;
  }

  private void keep(int from, int to) {
    pending = loop.keep(from, to);
  }

  /** Fills a pipe from this side. Returns how much came; 0 if it has to be copied for now. */
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
      // That was the end, perhaps: a read tells.
      splicing = false;
    } else if (read == 0) {
      readable = false;
      splicing = movedBefore >= SpliceLoop.SMALL_READ;
    }
    return read;
  }

  /** Whether something was read that is not written yet. */
  private boolean hasPending() {
    return pending != null || pipe != null;
  }

  /** Writes what is held. False if some of it still waits for room. */
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

  /** Gives back what holds bytes, with the bytes if there are any. */
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
    // What waits to be written to the peer goes nowhere now, so that this side is read again.
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
      // The second is what Netty makes of a connection that is gone.
      return false;
    }
  }

  /** The loop ends. */
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

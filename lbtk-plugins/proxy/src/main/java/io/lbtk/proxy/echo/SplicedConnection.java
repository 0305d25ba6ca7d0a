package io.lbtk.proxy.echo;

import io.lbtk.proxy.splice.Pipe;
import io.lbtk.proxy.splice.SocketEvents;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection whose bytes are spliced into a pipe, and from there back into the same socket. It
 * reads on when the pipe is empty again: what a client does not take stays in its own buffers and
 * those of the kernel. It has a pipe only while something is in there.
 *
 * <p>The socket is registered once, edge-triggered: an event says that there may be something to
 * read, or room to write, until a call finds that there is none. To splice does not tell the end of
 * the input from an empty one, so that after a hang-up a read does. Where no pipe can be had, bytes
 * are copied.
 */
final class SplicedConnection implements EpollIoHandle {

  private static final Logger log = LoggerFactory.getLogger(SplicedConnection.class);

  /** The others on the loop have their turn after so many bytes. */
  private static final int TURN_BYTES = 1024 * 1024;

  private final SpliceEchoLoop loop;
  private final Socket socket;
  private final Greeting greeting;
  private @Nullable IoRegistration registration;

  /** What was spliced in and could not be spliced out yet is in here. */
  private @Nullable Pipe pipe;

  /** What was copied and could not be written yet. */
  private @Nullable ByteBuf copied;

  private boolean readable;
  private boolean writable = true;
  private boolean hangup;
  private boolean inputDone;
  private boolean closed;

  /** A connection that was accepted. */
  SplicedConnection(SpliceEchoLoop loop, Socket socket, Greeting greeting) {
    this.greeting = greeting;
    this.loop = loop;
    this.socket = socket;
  }

  /** Waits for what comes. The greeting goes out with the first event, which tells of room. */
  void begin() {
    ByteBuf line = greeting.line(PooledByteBufAllocator.DEFAULT, socket.localAddress());
    copied = line.isReadable() ? line : null;
    registration = loop.sockets().register(this, SocketEvents.ALL);
    if (registration == null) {
      close();
    }
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  public void handle(IoRegistration source, IoEvent event) {
    int told = SocketEvents.of(event);
    readable |= SocketEvents.isInput(told);
    hangup |= SocketEvents.isHangup(told);
    writable |= SocketEvents.isOutput(told);
    proceed();
  }

  /** Throws nothing: the other events that came with one would be lost. */
  private void proceed() {
    if (closed) {
      return;
    }
    try {
      echo();
    } catch (IOException e) {
      log.debug("a connection is broken: {}", e.toString());
      close();
    } catch (Throwable e) {
      log.warn("a connection ends because of {}", e.toString(), e);
      close();
    }
  }

  /** Sends back what there is, for one turn. */
  private void echo() throws IOException {
    int turn = 0;
    while (flush()) {
      if (inputDone) {
        close();
        return;
      }
      if (!readable) {
        return;
      }
      if (turn >= TURN_BYTES) {
        loop.sockets().tellAgain(registration, SocketEvents.ALL);
        return;
      }
      turn += read();
    }
  }

  /** Writes what was read before. False if some of it still waits for room. */
  private boolean flush() throws IOException {
    while (pipe != null && writable) {
      writable = pipe.drainTo(socket) > 0;
      if (pipe.filled() == 0) {
        loop.pipes().give(pipe);
        pipe = null;
      }
    }
    if (copied != null && writable) {
      int length = copied.readableBytes();
      ByteBuffer bytes = copied.internalNioBuffer(copied.readerIndex(), length);
      copied.skipBytes(write(bytes, bytes.position(), bytes.limit()));
      if (!copied.isReadable()) {
        copied.release();
        copied = null;
      }
    }
    return pipe == null && copied == null;
  }

  /** Reads once, when nothing is held. Returns how much came; 0 if there is none for now. */
  private int read() throws IOException {
    Pipe filling = loop.pipes().take();
    if (filling == null) {
      return copy();
    }
    pipe = filling;
    int read = filling.fillFrom(socket, TURN_BYTES);
    if (read > 0) {
      return read;
    }
    pipe = null;
    loop.pipes().give(filling);
    if (hangup) {
      return copy();
    }
    readable = false;
    return 0;
  }

  private int copy() throws IOException {
    ByteBuffer buffer = loop.buffer();
    int read = socket.recv(buffer, 0, buffer.capacity());
    if (read > 0) {
      int written = write(buffer, 0, read);
      if (written < read) {
        ByteBuf rest = PooledByteBufAllocator.DEFAULT.directBuffer(read - written);
        copied = rest.writeBytes(buffer.duplicate().position(written).limit(read));
      }
    } else {
      readable = false;
      inputDone = read < 0;
    }
    return Math.max(read, 0);
  }

  private int write(ByteBuffer buffer, int from, int to) throws IOException {
    int written = socket.send(buffer, from, to);
    writable = written == to - from;
    return written;
  }

  /** Also called when the loop ends. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (pipe != null) {
      loop.pipes().give(pipe);
      pipe = null;
    }
    if (copied != null) {
      copied.release();
      copied = null;
    }
    loop.sockets().close(socket, registration);
    loop.ended(this);
  }
}

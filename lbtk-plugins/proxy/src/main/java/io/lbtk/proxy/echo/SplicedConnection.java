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
 * A connection whose data is spliced into a pipe, and from there back into the same socket. It
 * reads again when the pipe is empty: data that a client does not read stays in the buffers of the
 * kernel. It has a pipe only while there is data in it.
 *
 * <p>The socket is registered once, edge-triggered: after an event there may be data to read, or
 * room to write, until a call finds that there is none. Since splice does not distinguish the end
 * of the input from empty input, a read does after a hang-up. Data is copied if no pipe is
 * available.
 */
final class SplicedConnection implements EpollIoHandle {

  private static final Logger log = LoggerFactory.getLogger(SplicedConnection.class);

  /** The number of bytes after which other tasks of the loop run. */
  private static final int TURN_BYTES = 1024 * 1024;

  private final SpliceEchoLoop loop;
  private final Socket socket;
  private final Greeting greeting;
  private @Nullable IoRegistration registration;

  /** The pipe with data that could not be written yet; null if there is none. */
  private @Nullable Pipe pipe;

  /** The copied data that could not be written yet; null if there is none. */
  private @Nullable ByteBuf copied;

  private boolean readable;
  private boolean writable = true;
  private boolean hangup;
  private boolean inputDone;
  private boolean closed;

  /** Creates an accepted connection. */
  SplicedConnection(SpliceEchoLoop loop, Socket socket, Greeting greeting) {
    this.greeting = greeting;
    this.loop = loop;
    this.socket = socket;
  }

  /**
   * Registers the socket. The greeting is sent with the first event, which signals room to write.
   */
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

  /** Does not throw, since the other events of the batch would be lost. */
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
      log.warn("closing connection after an exception: {}", e.toString(), e);
      close();
    }
  }

  /** Sends back the available data, for one turn. */
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

  /** Writes the data that was read before. Returns false if some of it still waits for room. */
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

  /**
   * Reads once, when there is no pending data. Returns the number of bytes; 0 if there are none
   * now.
   */
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

  /** Closes the connection; also called when the loop ends. */
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

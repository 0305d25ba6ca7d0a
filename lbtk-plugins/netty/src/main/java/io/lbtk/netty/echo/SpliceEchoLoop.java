package io.lbtk.netty.echo;

import io.lbtk.netty.splice.LoopSockets;
import io.lbtk.netty.splice.Pipe;
import io.lbtk.netty.splice.PipePool;
import io.lbtk.netty.splice.PipeSize;
import io.lbtk.netty.splice.SocketAcceptor;
import io.netty.channel.IoEventLoop;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the connections of one loop share. But for the constructor, all is called on the loop. */
final class SpliceEchoLoop {

  private static final Logger log = LoggerFactory.getLogger(SpliceEchoLoop.class);

  /** What is copied at a time, where there is no pipe. */
  private static final int COPY_BYTES = 16 * 1024;

  private final IoEventLoop executor;
  private final LoopSockets sockets;
  private final PipePool pipes;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(COPY_BYTES);
  private final List<SocketAcceptor> acceptors = new ArrayList<>();

  /** Without a connection yet. */
  SpliceEchoLoop(IoEventLoop executor, PipeSize pipeSize) {
    this.executor = executor;
    this.sockets = new LoopSockets(executor);
    this.pipes = new PipePool(pipeSize);
  }

  IoEventLoop executor() {
    return executor;
  }

  LoopSockets sockets() {
    return sockets;
  }

  /** Bytes are in it only within one call. */
  ByteBuffer buffer() {
    return buffer;
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

  /** Begins to accept. */
  void accept(SocketAcceptor acceptor) {
    acceptors.add(acceptor);
    acceptor.start();
  }

  /** Echoes what comes on a connection, until it ends. */
  void begin(Socket accepted) {
    new SplicedConnection(this, accepted).begin();
  }

  /** Accepts no more, and keeps no pipe. */
  void close() {
    acceptors.forEach(SocketAcceptor::close);
    pipes.close();
  }
}

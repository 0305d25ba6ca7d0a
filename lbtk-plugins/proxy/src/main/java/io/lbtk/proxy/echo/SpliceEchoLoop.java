package io.lbtk.proxy.echo;

import io.lbtk.net.LoopGroup;
import io.lbtk.proxy.splice.LoopSockets;
import io.lbtk.proxy.splice.PipePool;
import io.lbtk.proxy.splice.PipeSize;
import io.lbtk.proxy.splice.SocketAcceptor;
import io.netty.channel.IoEventLoop;
import io.netty.channel.unix.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the connections of one loop share. But for the constructor, all is called on the loop. */
final class SpliceEchoLoop implements LoopGroup.Member {

  /** What is copied at a time, where there is no pipe. */
  private static final int COPY_BYTES = 16 * 1024;

  private final IoEventLoop executor;
  private final LoopSockets sockets;
  private final PipePool pipes;
  private final Greeting greeting;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(COPY_BYTES);
  private final List<SocketAcceptor> acceptors = new ArrayList<>();
  private final Set<SplicedConnection> connections = new HashSet<>();

  /** Without a connection yet. */
  SpliceEchoLoop(IoEventLoop executor, PipeSize pipeSize, Greeting greeting) {
    this.executor = executor;
    this.greeting = greeting;
    this.sockets = new LoopSockets(executor);
    this.pipes = new PipePool(pipeSize);
  }

  @Override
  public IoEventLoop executor() {
    return executor;
  }

  LoopSockets sockets() {
    return sockets;
  }

  /** Bytes are in it only within one call. */
  ByteBuffer buffer() {
    return buffer;
  }

  /** What is spliced goes through these. */
  PipePool pipes() {
    return pipes;
  }

  /** Begins to accept. */
  void accept(SocketAcceptor acceptor) {
    acceptors.add(acceptor);
    acceptor.start();
  }

  /** Echoes what comes on a connection, until it ends. */
  void begin(Socket accepted) {
    SplicedConnection connection = new SplicedConnection(this, accepted, greeting);
    connections.add(connection);
    connection.begin();
  }

  /** A connection has ended. */
  void ended(SplicedConnection connection) {
    connections.remove(connection);
  }

  /** Accepts no more, closes the connections, and keeps no pipe. */
  @Override
  public void close() {
    acceptors.forEach(SocketAcceptor::close);
    // A loop that is told to end while it is between its events closes none of them.
    List.copyOf(connections).forEach(SplicedConnection::close);
    sockets.close();
    pipes.close();
  }
}

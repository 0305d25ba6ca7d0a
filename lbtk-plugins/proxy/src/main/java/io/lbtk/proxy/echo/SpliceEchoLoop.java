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

/**
 * The state that the connections of an event loop share. All methods are called on the loop, except
 * for the constructor.
 */
final class SpliceEchoLoop implements LoopGroup.Member {

  /** The number of bytes copied at a time if there is no pipe. */
  private static final int COPY_BYTES = 16 * 1024;

  private final IoEventLoop executor;
  private final LoopSockets sockets;
  private final PipePool pipes;
  private final Greeting greeting;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(COPY_BYTES);
  private final List<SocketAcceptor> acceptors = new ArrayList<>();
  private final Set<SplicedConnection> connections = new HashSet<>();

  /** Creates the state of a loop without connections. */
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

  /** Returns a buffer whose content is valid only within one call. */
  ByteBuffer buffer() {
    return buffer;
  }

  /** Returns the pipes for splicing. */
  PipePool pipes() {
    return pipes;
  }

  /** Begins to accept connections. */
  void accept(SocketAcceptor acceptor) {
    acceptors.add(acceptor);
    acceptor.start();
  }

  /** Echoes a connection until it ends. */
  void begin(Socket accepted) {
    SplicedConnection connection = new SplicedConnection(this, accepted, greeting);
    connections.add(connection);
    connection.begin();
  }

  /** Removes a connection that has ended. */
  void ended(SplicedConnection connection) {
    connections.remove(connection);
  }

  /** Stops accepting, and closes the connections and the pipes. */
  @Override
  public void close() {
    acceptors.forEach(SocketAcceptor::close);
    // A loop that ends between two events does not close its registrations.
    List.copyOf(connections).forEach(SplicedConnection::close);
    sockets.close();
    pipes.close();
  }
}

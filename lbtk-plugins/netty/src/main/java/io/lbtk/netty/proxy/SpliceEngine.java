package io.lbtk.netty.proxy;

import io.lbtk.api.StartException;
import io.lbtk.netty.splice.PipeSize;
import io.lbtk.netty.splice.Splicing;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.List;

/**
 * Tunnels on plain sockets of Linux and Netty's epoll loops, without a channel for each: see {@link
 * SpliceEnd}. Each loop has a listening socket of its own (SO_REUSEPORT), so that a connection
 * crosses no thread from the first packet to the last.
 */
final class SpliceEngine implements TunnelEngine {

  private final PipeSize pipeSize;
  private final boolean splicing;
  private final LocalPorts localPorts = LocalPorts.find();

  private SpliceEngine(PipeSize pipeSize, boolean splicing) {
    this.pipeSize = pipeSize;
    this.splicing = splicing;
  }

  /**
   * The engine. It splices where pipes can be large: through the small ones that there are by
   * default, a copy of much at a time is faster and costs less, however many streams there are.
   *
   * @throws StartException if it cannot run here
   */
  static SpliceEngine create() {
    Splicing.ensureAvailable("tcp-splice", "tcp-nio");
    PipeSize pipeSize = PipeSize.find();
    return new SpliceEngine(pipeSize, pipeSize.canGrow());
  }

  /** The same, but splices through pipes of any size. */
  static SpliceEngine throughAnyPipe() {
    Splicing.ensureAvailable("tcp-splice", "tcp-nio");
    return new SpliceEngine(PipeSize.find(), true);
  }

  @Override
  public IoHandlerFactory ioHandlers() {
    return EpollIoHandler.newFactory();
  }

  @Override
  public boolean isOnPlainSockets() {
    return true;
  }

  @Override
  public Connector connector(EventLoop loop, TunnelSettings settings) {
    return new SpliceLoop(
        (IoEventLoop) loop, pipeSize, splicing, localPorts, settings.userTimeoutMillis());
  }

  @Override
  public Entrance open(String who, Listening listening, List<ProxyLoop> loops) {
    return SpliceEntrance.open(who, listening, loops);
  }
}

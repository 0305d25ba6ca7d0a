package io.lbtk.proxy.splice;

import io.lbtk.api.StartException;
import io.lbtk.core.net.LocalPorts;
import io.lbtk.proxy.tcp.Listening;
import io.lbtk.proxy.tcp.ProxyLoop;
import io.lbtk.proxy.tcp.TunnelEngine;
import io.lbtk.proxy.tcp.TunnelSettings;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.List;

/**
 * An engine on plain Linux sockets and Netty's epoll loops, without a channel per socket: see
 * {@link SpliceEnd}. Each loop has a listening socket of its own (SO_REUSEPORT), so that a
 * connection stays on one thread from the first packet to the last.
 */
public final class SpliceEngine implements TunnelEngine {

  private final PipeSize pipeSize = PipeSize.find();
  private final LocalPorts localPorts = LocalPorts.find();

  private SpliceEngine() {}

  /**
   * Creates the engine.
   *
   * @throws StartException if it cannot run on this system
   */
  public static SpliceEngine create() {
    Splicing.ensureAvailable("tcp-splice", "tcp-nio");
    return new SpliceEngine();
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
    return new SpliceLoop((IoEventLoop) loop, pipeSize, localPorts, settings.userTimeoutMillis());
  }

  @Override
  public Acceptor open(String who, Listening listening, List<ProxyLoop> loops) {
    return SpliceAcceptor.open(who, listening, loops);
  }
}

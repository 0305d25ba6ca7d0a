package io.lbtk.proxy.splice;

import io.netty.channel.IoEvent;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoOps;

/**
 * What epoll says of a connected socket that was registered once, edge-triggered: that there may be
 * something to read, or room to write, until a call finds that there is none. See epoll(7).
 */
public final class SocketEvents {

  /** What to register for. */
  public static final EpollIoOps ALL =
      EpollIoOps.EPOLLIN
          .with(EpollIoOps.EPOLLOUT)
          .with(EpollIoOps.EPOLLRDHUP)
          .with(EpollIoOps.EPOLLET);

  private static final int EPOLLHUP = 0x10;
  private static final int BROKEN = EpollIoOps.EPOLLERR.value() | EPOLLHUP;
  private static final int HANGUP = EpollIoOps.EPOLLRDHUP.value() | BROKEN;
  private static final int INPUT = EpollIoOps.EPOLLIN.value() | HANGUP;
  private static final int OUTPUT = EpollIoOps.EPOLLOUT.value() | BROKEN;

  private SocketEvents() {}

  /** The bits of an event. */
  public static int of(IoEvent event) {
    return ((EpollIoEvent) event).ops().value();
  }

  /** Whether there may be something to read: bytes, an end, or an error. */
  public static boolean isInput(int event) {
    return (event & INPUT) != 0;
  }

  /** Whether there may be room to write, or an error. */
  public static boolean isOutput(int event) {
    return (event & OUTPUT) != 0;
  }

  /** Returns whether the connection is broken, or both of its directions have ended. */
  public static boolean isBroken(int event) {
    return (event & BROKEN) != 0;
  }

  /** Whether the other end has ended, or the connection is broken: no further event may come. */
  public static boolean isHangup(int event) {
    return (event & HANGUP) != 0;
  }
}

package io.lbtk.proxy.splice;

import io.netty.channel.IoEvent;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoOps;

/**
 * The epoll events of a connected socket that is registered once, edge-triggered. An event means
 * that the socket may be readable or writable, until a call finds that it is not. See epoll(7).
 */
public final class SocketEvents {

  /** The events to register for. */
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

  /** Returns the bits of an event. */
  public static int of(IoEvent event) {
    return ((EpollIoEvent) event).ops().value();
  }

  /** Returns whether there may be input: bytes, the end of the stream, or an error. */
  public static boolean isInput(int event) {
    return (event & INPUT) != 0;
  }

  /** Returns whether the socket may be writable or have an error. */
  public static boolean isOutput(int event) {
    return (event & OUTPUT) != 0;
  }

  /** Returns whether the connection is broken, or both of its directions have ended. */
  public static boolean isBroken(int event) {
    return (event & BROKEN) != 0;
  }

  /**
   * Returns whether the remote end has ended or the connection is broken, so that no further event
   * may come.
   */
  public static boolean isHangup(int event) {
    return (event & HANGUP) != 0;
  }
}

package io.lbtk.benchmarks.sidebyside.load;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The one event loop of a load process. Sockets are its handles, with no channel in between. */
final class LoadLoop {

  static final EpollIoOps READ =
      EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP).with(EpollIoOps.EPOLLET);
  static final EpollIoOps READ_AND_WRITE = READ.with(EpollIoOps.EPOLLOUT);

  private static final int BUFFER = 64 * 1024;

  private final IoEventLoop executor =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()).next();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

  /** Bytes are in it only within one call on the loop. */
  ByteBuffer buffer() {
    return buffer;
  }

  void execute(Runnable task) {
    executor.execute(task);
  }

  /** Called on the loop. */
  IoRegistration register(EpollIoHandle handle, EpollIoOps ops) throws IOException {
    Future<IoRegistration> registered = executor.register(handle);
    if (!registered.isSuccess()) {
      throw new IOException("the loop has ended", registered.cause());
    }
    IoRegistration registration = registered.getNow();
    registration.submit(ops);
    return registration;
  }
}

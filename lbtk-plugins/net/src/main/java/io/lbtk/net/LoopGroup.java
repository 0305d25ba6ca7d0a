package io.lbtk.net;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Event loops with a thread each, and what lives on them.
 *
 * @param <L> what lives on a loop
 */
public final class LoopGroup<L extends LoopGroup.Member> implements AutoCloseable {

  private static final long END_SECONDS = 10;

  /** What lives on a loop, and ends with it. */
  public interface Member {

    /** The loop. */
    EventLoop executor();

    /** Ends it; called on the loop. */
    void close();
  }

  private final MultiThreadIoEventLoopGroup group;
  private final List<L> inhabitants = new ArrayList<>();

  /**
   * Threads with nothing on them.
   *
   * @param name of whom they work for; theirs begin with it
   */
  public LoopGroup(String name, int count, IoHandlerFactory ioHandlers) {
    group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory(name), ioHandlers);
    // Loads the class while there are files to read it from: it describes that there are none left.
    String unused = FailureText.of(null);
  }

  /** Makes what lives on the next loop. */
  public void add(Function<IoEventLoop, L> maker) {
    inhabitants.add(maker.apply(group.next()));
  }

  /** What was made, one for each loop. */
  public List<L> inhabitants() {
    return List.copyOf(inhabitants);
  }

  /** Ends what lives on the loops, then the threads; waits for it unless one of them calls. */
  @Override
  public void close() {
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (L inhabitant : inhabitants) {
      ends.add(CompletableFuture.runAsync(inhabitant::close, inhabitant.executor()));
    }
    boolean wait = inhabitants.stream().noneMatch(one -> one.executor().inEventLoop());
    if (wait) {
      ends.forEach(CompletableFuture::join);
    }
    var unused = group.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS);
    if (wait) {
      group.terminationFuture().awaitUninterruptibly(END_SECONDS, TimeUnit.SECONDS);
    }
  }
}

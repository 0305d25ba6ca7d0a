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
 * A group of event loops, with one member bound to each loop.
 *
 * @param <L> the type of the members
 */
public final class LoopGroup<L extends LoopGroup.Member> implements AutoCloseable {

  private static final long END_SECONDS = 10;

  /** An object that is bound to one event loop and is closed with it. */
  public interface Member {

    /** Returns the event loop of this member. */
    EventLoop executor();

    /** Closes this member; called on its event loop. */
    void close();
  }

  private final MultiThreadIoEventLoopGroup group;
  private final List<L> members = new ArrayList<>();

  /**
   * Creates a group without members.
   *
   * @param name the prefix of the thread names
   * @param count the number of event loops
   * @param ioHandlers the transport of the loops
   */
  public LoopGroup(String name, int count, IoHandlerFactory ioHandlers) {
    group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory(name), ioHandlers);
    // Loads the class while file descriptors are left: it describes the lack of them.
    String unused = FailureText.of(null);
  }

  /** Creates a member on the next event loop. */
  public void add(Function<IoEventLoop, L> maker) {
    members.add(maker.apply(group.next()));
  }

  /** Returns the members in the order in which they were added. */
  public List<L> members() {
    return List.copyOf(members);
  }

  /**
   * Closes the members, then the event loops. Waits for both, unless called on one of the loops.
   */
  @Override
  public void close() {
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (L member : members) {
      ends.add(CompletableFuture.runAsync(member::close, member.executor()));
    }
    boolean wait = members.stream().noneMatch(member -> member.executor().inEventLoop());
    if (wait) {
      ends.forEach(CompletableFuture::join);
    }
    var unused = group.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS);
    if (wait) {
      group.terminationFuture().awaitUninterruptibly(END_SECONDS, TimeUnit.SECONDS);
    }
  }
}

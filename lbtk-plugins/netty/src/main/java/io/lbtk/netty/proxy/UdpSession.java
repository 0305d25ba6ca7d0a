package io.lbtk.netty.proxy;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Shortage;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.netty.FailureText;
import io.lbtk.netty.udp.UdpSocket;
import io.netty.channel.ChannelException;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The datagrams of one client and the answers to them, on one loop.
 *
 * <p>It has a socket while it has a token: that is what the target sees and answers to. The first
 * datagram takes the token, and waits for it. When the target turns out to have nobody at its port,
 * token and socket are given back, and the next datagram takes a token for another target. Every
 * token that comes here is released once: {@link #release} is the only place that knows of one.
 */
final class UdpSession extends TokenTaker implements Runnable {

  /** So many targets in a row are tried for what is held. */
  private static final int ATTEMPTS = 3;

  private static final String UNREACHABLE = "nobody receives at its port";

  /** What IPv4 can carry; IPv6 has a little more, which cannot go on to a target of IPv4. */
  private static final int LONGEST_OF_IPV4 = 65_507;

  private final UdpLoop loop;
  private final InetSocketAddress client;
  private final HeldDatagrams held;
  private final Set<String> tried = new LinkedHashSet<>(0);

  private @Nullable Token token;
  private @Nullable UdpSocket socket;
  private int failures;

  private long lastActivity;
  private long tokenAt;
  private long connectedAt;
  private long bytesUp;
  private long bytesDown;
  private long requests;
  private long answers;
  private boolean ended;

  /** A session that has not heard of its client yet. */
  UdpSession(UdpLoop loop, InetSocketAddress client, HeldDatagrams held, long now) {
    super(loop.tokens());
    this.loop = loop;
    this.client = client;
    this.held = held;
    this.lastActivity = now;
  }

  InetSocketAddress client() {
    return client;
  }

  /** When a datagram came or went last. */
  long lastActivity() {
    return lastActivity;
  }

  /** Whether it neither has a token nor waits for one. */
  boolean isResting() {
    return token == null && !isTaking();
  }

  /** The client has sent a datagram. */
  void received(ByteBuffer datagram) {
    lastActivity = System.nanoTime();
    if (!send(datagram)) {
      hold(datagram);
      takeForHeld();
    }
  }

  private void takeForHeld() {
    if (isResting() && !ended && !held.isEmpty()) {
      take();
    }
  }

  private void hold(ByteBuffer datagram) {
    if (held.add(datagram)) {
      loop.held(lastActivity);
    } else {
      loop.notHeld();
    }
  }

  private void take() {
    Demand wanted = loop.settings().demand();
    if (!tried.isEmpty()) {
      wanted = wanted.excluding(tried);
    }
    take(loop.settings().key().addTo(wanted, () -> client));
  }

  @Override
  void taken(@Nullable Token taken, @Nullable Throwable error) {
    try {
      goOn(taken, error);
    } catch (Throwable e) {
      loop.failed(this, e);
    }
  }

  private void goOn(@Nullable Token taken, @Nullable Throwable error) {
    long now = System.nanoTime();
    if (taken != null) {
      loop.tokenTaken(now);
      token = taken;
      tokenAt = now;
      find(taken);
    } else if (!tried.isEmpty()
        && NoTokenReason.shortage(error).filter(why -> why == Shortage.EXCLUDED).isPresent()) {
      // There is no other target: better one that was dead a moment ago than none.
      tried.clear();
      take();
    } else {
      loop.noToken(error, now);
      end(Outcome.unused());
    }
  }

  private void find(Token taken) {
    InetSocketAddress literal = TargetResolver.literal(taken.target());
    if (literal != null) {
      connect(taken, List.of(literal));
    } else {
      loop.tokens().resolve(taken.target()).addListener(future -> found(taken, future));
    }
  }

  private void found(Token asked, Future<? super List<InetSocketAddress>> future) {
    if (ended || token != asked) {
      return;
    }
    if (future.cause() instanceof ChannelException noSocket) {
      outOfSockets(noSocket);
    } else if (!future.isSuccess()) {
      unreachable(asked.target(), FailureText.of(future.cause()));
    } else {
      @SuppressWarnings("unchecked")
      List<InetSocketAddress> addresses = (List<InetSocketAddress>) future.getNow();
      try {
        connect(asked, addresses);
      } catch (Throwable e) {
        loop.failed(this, e);
      }
    }
  }

  /** Goes on with the first address that there is a way to; nothing is heard of a target yet. */
  private void connect(Token taken, List<InetSocketAddress> addresses) {
    String why = "its name has no address";
    for (InetSocketAddress address : addresses) {
      try {
        connected(loop.connect(address));
        return;
      } catch (IOException e) {
        why = FailureText.of(e);
      } catch (ChannelException e) {
        outOfSockets(e);
        return;
      }
    }
    unreachable(taken.target(), why);
  }

  private void connected(UdpSocket made) {
    long now = System.nanoTime();
    socket = made;
    connectedAt = now;
    failures = 0;
    loop.socketMade(now);
    if (!made.register(loop.executor(), this)) {
      abort();
      return;
    }
    while (socket == made && held.copyFirst(loop.buffer()) && send(loop.buffer())) {
      held.removeFirst();
    }
    takeForHeld();
  }

  /** The target cannot be sent to at all: what is held may go to another. */
  private void unreachable(Target target, String why) {
    refuse(target, why);
    failures++;
    if (failures >= ATTEMPTS) {
      end(Outcome.unused());
    } else {
      takeForHeld();
    }
  }

  private void outOfSockets(ChannelException cause) {
    loop.outOfSockets(cause);
    end(Outcome.unused());
  }

  /**
   * Sends a datagram to the target. False if it is still to be sent, since there is no target yet,
   * or no more, as it has refused an earlier one.
   */
  private boolean send(ByteBuffer datagram) {
    UdpSocket to = socket;
    Token taken = token;
    if (to == null || taken == null) {
      return false;
    }
    try {
      to.send(datagram);
    } catch (PortUnreachableException e) {
      boolean earlier = requests > 0;
      refuse(taken.target(), UNREACHABLE);
      return !earlier;
    } catch (IOException e) {
      if (datagram.limit() <= LONGEST_OF_IPV4) {
        refuse(taken.target(), FailureText.of(e));
      }
      return true;
    }
    requests++;
    bytesUp += datagram.limit();
    return true;
  }

  /** The target has answered, or the system knows that it will not. */
  @Override
  public void run() {
    try {
      receive();
    } catch (Throwable e) {
      loop.failed(this, e);
    }
  }

  private void receive() {
    ByteBuffer datagram = loop.buffer();
    for (int i = 0; i < UdpLoop.BATCH; i++) {
      UdpSocket from = socket;
      Token taken = token;
      if (from == null || taken == null) {
        return;
      }
      try {
        if (!from.receive(datagram)) {
          return;
        }
      } catch (PortUnreachableException e) {
        refuse(taken.target(), UNREACHABLE);
        return;
      } catch (IOException e) {
        refuse(taken.target(), FailureText.of(e));
        return;
      }
      answered(taken, datagram);
    }
  }

  private void answered(Token taken, ByteBuffer datagram) {
    lastActivity = System.nanoTime();
    loop.touched(this);
    if (answers == 0) {
      loop.answered(taken.target(), lastActivity);
      tried.clear();
    }
    answers++;
    bytesDown += datagram.limit();
    loop.answer(datagram, client);
    int expected = loop.settings().responses();
    if (expected > 0 && answers >= expected * requests) {
      end(Outcome.closed());
    }
  }

  /** Gives token and socket back; the next datagram takes another token. */
  private void refuse(Target target, String why) {
    loop.unreachable(target, why, System.nanoTime());
    if (tried.size() >= Demand.MAX_EXCLUDED) {
      tried.clear();
    }
    tried.add(target.hostPort());
    release(Outcome.refused());
    if (loop.isDraining()) {
      end(Outcome.unused());
    }
  }

  /** Nothing came or went for long. */
  void idle() {
    boolean silent = loop.settings().responses() > 0 && requests > 0 && answers == 0;
    end(silent ? Outcome.timeout() : outcomeOfEnd());
  }

  /** Ends it, whatever it does. */
  void abort() {
    end(outcomeOfEnd());
  }

  private Outcome outcomeOfEnd() {
    return socket == null ? Outcome.unused() : Outcome.closed();
  }

  private void end(Outcome outcome) {
    if (ended) {
      return;
    }
    ended = true;
    stopTaking();
    release(outcome);
    held.clear();
    loop.ended(this);
  }

  private void release(Outcome outcome) {
    Token released = token;
    UdpSocket made = socket;
    token = null;
    socket = null;
    if (made != null) {
      made.close();
    }
    if (released != null) {
      released.release(made == null ? outcome : withNumbers(outcome));
    }
    bytesUp = 0;
    bytesDown = 0;
    requests = 0;
    answers = 0;
  }

  private Outcome withNumbers(Outcome outcome) {
    return outcome
        .withConnectTime(Duration.ofNanos(connectedAt - tokenAt))
        .withSessionTime(Duration.ofNanos(System.nanoTime() - connectedAt))
        .withBytes(bytesUp, bytesDown);
  }
}

package io.lbtk.proxy.udp;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Shortage;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.net.FailureText;
import io.lbtk.net.HostResolver;
import io.lbtk.proxy.token.LiveTargets;
import io.lbtk.proxy.token.NoTokenReason;
import io.lbtk.proxy.token.TokenTaker;
import io.netty.channel.ChannelException;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The datagrams of a client and their answers, on one event loop.
 *
 * <p>A session has a socket while it has a token; the target sees the address of this socket. The
 * first datagram takes the token, and is held until it arrives. If nobody receives at an address of
 * the target, the datagrams are sent to the next address again. If no address is left, or the
 * target may not be picked any more, the token is released and the socket closed, and the next
 * datagram takes a token for another target. Each token is released once, in {@link #release}.
 */
final class UdpSession extends TokenTaker implements Runnable {

  /** The number of targets that are tried for the held datagrams. */
  private static final int ATTEMPTS = 3;

  private static final String UNREACHABLE = "nobody receives at its port";

  /**
   * The longest datagram of IPv4. IPv6 permits a little more, which cannot be relayed to an IPv4
   * target.
   */
  private static final int LONGEST_OF_IPV4 = 65_507;

  private final UdpLoop loop;
  private final InetSocketAddress client;
  private final HeldDatagrams held;
  private final Set<String> tried = new LinkedHashSet<>(0);

  /**
   * The datagrams that the current address may not have received, while the target has other
   * addresses.
   */
  private final HeldDatagrams unanswered;

  /** The addresses of the target that were not tried yet. */
  private final Deque<InetSocketAddress> addresses = new ArrayDeque<>(1);

  /** Set while further addresses may be found. */
  private boolean lookingUp;

  private HostResolver.@Nullable Lookup lookup;
  private String noAddress = "";

  private @Nullable Token token;
  private LiveTargets.@Nullable Use use;
  private @Nullable UdpSocket socket;
  private int failures;

  private @Nullable Future<?> lifetime;
  private long lastActivity;
  private long tokenAt;
  private long connectedAt;
  private long bytesUp;
  private long bytesDown;
  private long requests;
  private long answers;
  private boolean ended;

  /** Creates a session without datagrams. */
  UdpSession(
      UdpLoop loop,
      InetSocketAddress client,
      HeldDatagrams held,
      HeldDatagrams unanswered,
      long now) {
    super(loop.tokens());
    this.loop = loop;
    this.client = client;
    this.held = held;
    this.unanswered = unanswered;
    this.lastActivity = now;
  }

  /**
   * Sets the timer that ends this session, which is cancelled if the session ends before.
   *
   * @param timer the timer, which calls {@link #abort}
   */
  void endBy(Future<?> timer) {
    lifetime = timer;
  }

  InetSocketAddress client() {
    return client;
  }

  /** Returns the time of the last datagram in either direction. */
  long lastActivity() {
    return lastActivity;
  }

  /** Returns whether the session neither has a token nor waits for one. */
  boolean isResting() {
    return token == null && !isTaking();
  }

  /** Processes a datagram of the client. */
  void received(ByteBuffer datagram) {
    lastActivity = System.nanoTime();
    leaveIfGone();
    if (!ended && !send(datagram)) {
      hold(datagram);
      sendHeld();
    }
  }

  /** Releases the token if its target may not be picked any more. */
  private void leaveIfGone() {
    LiveTargets.Use used = use;
    if (used != null && used.isGone()) {
      if (loop.isDraining()) {
        abort();
      } else {
        release(outcomeOfEnd());
      }
    }
  }

  /** Sends the held datagrams; takes a token or tries another address if needed. */
  private void sendHeld() {
    while (!ended && !held.isEmpty()) {
      Token taken = token;
      if (taken == null) {
        if (!isTaking()) {
          take();
        }
        return;
      }
      if (socket == null && !connect(taken)) {
        if (token == taken) {
          // Another address may still be found.
          return;
        }
        continue;
      }
      UdpSocket to = socket;
      while (socket == to && held.copyFirst(loop.buffer()) && send(loop.buffer())) {
        held.removeFirst();
      }
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
  public void taken(@Nullable Token taken, @Nullable Throwable error) {
    try {
      proceed(taken, error);
    } catch (Throwable e) {
      loop.failed(this, e);
    }
  }

  private void proceed(@Nullable Token taken, @Nullable Throwable error) {
    long now = System.nanoTime();
    if (taken != null) {
      loop.tokenTaken(now);
      token = taken;
      use = loop.targets().use(taken.target().hostPort());
      tokenAt = now;
      find(taken);
    } else if (!tried.isEmpty()
        && NoTokenReason.shortage(error).filter(why -> why == Shortage.EXCLUDED).isPresent()) {
      // There is no other target: one that was unreachable a moment ago is better than none.
      tried.clear();
      take();
    } else {
      loop.noToken(error, now);
      end(Outcome.unused());
    }
  }

  private void find(Token taken) {
    Target target = taken.target();
    noAddress = "its name has no address";
    InetSocketAddress literal = HostResolver.literal(target.host(), target.port());
    if (literal != null) {
      addresses.add(literal);
      connect(taken);
      sendHeld();
      return;
    }
    lookingUp = true;
    HostResolver.Lookup begun = loop.tokens().resolve(target, new Finding(taken));
    if (token == taken && lookingUp) {
      lookup = begun;
    } else {
      begun.cancel();
    }
  }

  /** Receives the addresses of the target of a token. */
  private final class Finding implements HostResolver.Listener {

    private final Token asked;

    Finding(Token asked) {
      this.asked = asked;
    }

    @Override
    public void found(List<InetSocketAddress> found) {
      if (token == asked) {
        addresses.addAll(found);
        guard(UdpSession.this::goOnWithAddresses);
      }
    }

    @Override
    public void ended(@Nullable Throwable failure) {
      if (token != asked) {
        return;
      }
      lookingUp = false;
      if (failure instanceof ChannelException noSocket) {
        outOfSockets(noSocket);
      } else {
        if (failure != null) {
          noAddress = FailureText.of(failure);
        }
        guard(UdpSession.this::goOnWithAddresses);
      }
    }
  }

  private void goOnWithAddresses() {
    Token taken = token;
    if (taken != null && socket == null) {
      connect(taken);
      sendHeld();
    }
  }

  private void guard(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      loop.failed(this, e);
    }
  }

  /**
   * Connects to the next address that has a route. Returns whether there is one; if not, and no
   * further address can be found, the token has been released.
   */
  private boolean connect(Token taken) {
    InetSocketAddress address = addresses.poll();
    while (address != null) {
      try {
        return connected(loop.connect(address));
      } catch (IOException e) {
        noAddress = FailureText.of(e);
      } catch (ChannelException e) {
        outOfSockets(e);
        return false;
      }
      address = addresses.poll();
    }
    if (!lookingUp) {
      unreachable(taken.target(), noAddress);
    }
    return false;
  }

  private boolean connected(UdpSocket made) {
    long now = System.nanoTime();
    socket = made;
    connectedAt = now;
    failures = 0;
    loop.socketMade(now);
    if (!made.register(loop.executor(), this)) {
      abort();
      return false;
    }
    return true;
  }

  /** Returns whether the target may have addresses that were not tried. */
  private boolean hasMoreAddresses() {
    return lookingUp || !addresses.isEmpty();
  }

  /** Leaves an address where nobody receives; its datagrams are sent to the next one. */
  private void leaveAddress(String why) {
    noAddress = why;
    closeSocket();
    if (answers == 0) {
      requests = 0;
      bytesUp = 0;
    }
    held.prepend(unanswered);
  }

  /** Leaves a target that cannot be reached; the held datagrams may be sent to another one. */
  private void unreachable(Target target, String why) {
    refuse(target, why);
    failures++;
    if (failures >= ATTEMPTS) {
      end(Outcome.unused());
    }
  }

  private void outOfSockets(ChannelException cause) {
    loop.outOfSockets(cause);
    end(Outcome.unused());
  }

  /**
   * Sends a datagram to the target. Returns false if there is no target yet, or if it has refused
   * an earlier datagram, so that this one is still to be sent.
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
      if (hasMoreAddresses()) {
        leaveAddress(UNREACHABLE);
        return false;
      }
      boolean earlier = requests > 0;
      refuse(taken.target(), UNREACHABLE);
      return !earlier;
    } catch (IOException e) {
      if (datagram.limit() > LONGEST_OF_IPV4) {
        return true;
      }
      if (hasMoreAddresses()) {
        leaveAddress(FailureText.of(e));
        return false;
      }
      refuse(taken.target(), FailureText.of(e));
      return true;
    }
    requests++;
    bytesUp += datagram.limit();
    if (answers == 0 && hasMoreAddresses()) {
      // Without room for a copy, the datagram may be lost.
      boolean unused = unanswered.add(datagram);
    }
    return true;
  }

  /** Reads answers of the target, or the error that its port is closed. */
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
        unanswerable(taken.target(), UNREACHABLE);
        return;
      } catch (IOException e) {
        unanswerable(taken.target(), FailureText.of(e));
        return;
      }
      answered(taken, datagram);
    }
  }

  /** Handles an address that will not answer. */
  private void unanswerable(Target target, String why) {
    if (hasMoreAddresses()) {
      leaveAddress(why);
      sendHeld();
    } else {
      refuse(target, why);
    }
  }

  private void answered(Token taken, ByteBuffer datagram) {
    lastActivity = System.nanoTime();
    loop.touched(this);
    if (answers == 0) {
      loop.answered(taken.target(), lastActivity);
      tried.clear();
      unanswered.clear();
    }
    answers++;
    bytesDown += datagram.limit();
    loop.answer(datagram, client);
    int expected = loop.settings().responses();
    if (expected > 0 && answers >= expected * requests) {
      end(Outcome.closed());
    }
  }

  /** Releases the token and closes the socket; the next datagram takes another token. */
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

  /** Ends the session because it is idle. */
  void idle() {
    boolean silent = loop.settings().responses() > 0 && requests > 0 && answers == 0;
    end(silent ? Outcome.timeout() : outcomeOfEnd());
  }

  /** Ends the session in any state. */
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
    if (lifetime != null) {
      lifetime.cancel(false);
    }
    release(outcome);
    held.clear();
    loop.ended(this);
  }

  private void release(Outcome outcome) {
    Token released = token;
    boolean connected = socket != null;
    token = null;
    closeSocket();
    addresses.clear();
    unanswered.clear();
    lookingUp = false;
    if (lookup != null) {
      lookup.cancel();
      lookup = null;
    }
    if (use != null) {
      use.end();
      use = null;
    }
    if (released != null) {
      released.release(connected ? withNumbers(outcome) : outcome);
    }
    bytesUp = 0;
    bytesDown = 0;
    requests = 0;
    answers = 0;
  }

  private void closeSocket() {
    UdpSocket made = socket;
    socket = null;
    if (made != null) {
      made.close();
    }
  }

  private Outcome withNumbers(Outcome outcome) {
    return outcome
        .withConnectTime(Duration.ofNanos(connectedAt - tokenAt))
        .withSessionTime(Duration.ofNanos(System.nanoTime() - connectedAt))
        .withBytes(bytesUp, bytesDown);
  }
}

package io.lbtk.tokenport.client;

import io.lbtk.api.Outcome;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.tokenport.protocol.PeerLines;
import io.lbtk.tokenport.protocol.Word;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The live tokens of one lease peer, and their state at the generator. Confined to the event loop,
 * except for {@link LeaseToken#release}.
 */
final class Leases {

  /** Releases tokens; called from any thread. */
  @FunctionalInterface
  interface Owner {

    /** Releases a token, once or more often. */
    void release(LeaseToken token, Outcome outcome);
  }

  /** A token that was given by the generator, or declared to it by HOLD. */
  static final class LeaseToken implements Token {

    private final Target target;
    private final Owner owner;

    // Confined to the event loop. The id is null if the token is declared by HOLD.
    private @Nullable Word id;
    private boolean live;
    private @Nullable LeaseToken previous;
    private @Nullable LeaseToken next;

    LeaseToken(Target target, @Nullable Word id, Owner owner) {
      this.target = target;
      this.id = id;
      this.owner = owner;
    }

    @Override
    public Target target() {
      return target;
    }

    @Override
    public void release(Outcome outcome) {
      owner.release(this, outcome);
    }

    @Override
    public String toString() {
      return "token of " + target;
    }
  }

  private @Nullable LeaseToken first;

  /** Number of tokens that are declared by HOLD, or about to be, by host:port. */
  private final Map<String, Integer> held = new HashMap<>();

  /** Targets whose number has changed since the last declaration. */
  private final Set<String> undeclared = new LinkedHashSet<>();

  /** Adds a live token. Without an id, it is declared by the next {@link #declare}. */
  void add(LeaseToken token) {
    token.live = true;
    token.next = first;
    if (first != null) {
      first.previous = token;
    }
    first = token;
    if (token.id == null) {
      hold(token);
    }
  }

  private void hold(LeaseToken token) {
    String hostPort = token.target().hostPort();
    held.merge(hostPort, 1, Integer::sum);
    undeclared.add(hostPort);
  }

  /** Marks all tokens to be declared, since the generator has lost them. */
  void redeclareAll() {
    held.clear();
    undeclared.clear();
    for (LeaseToken token = first; token != null; token = token.next) {
      token.id = null;
      hold(token);
    }
  }

  /** Writes HOLD for each target whose number has changed. */
  void declare(PeerLines.Writer out) {
    if (!undeclared.isEmpty()) {
      undeclared.forEach(hostPort -> out.hold(hostPort, held.getOrDefault(hostPort, 0)));
      undeclared.clear();
    }
  }

  /** Releases a token. A second time, or after {@link #forgetAll}, it does nothing. */
  void release(LeaseToken token, Outcome outcome, PeerLines.@Nullable Writer out) {
    if (!token.live) {
      return;
    }
    unlink(token);
    if (out == null) {
      return;
    }
    if (token.id != null) {
      out.done(token.id, outcome);
      return;
    }
    declare(out);
    String hostPort = token.target().hostPort();
    held.computeIfPresent(hostPort, (target, count) -> count == 1 ? null : count - 1);
    out.doneHeld(hostPort, outcome);
  }

  private void unlink(LeaseToken token) {
    token.live = false;
    if (token.previous == null) {
      first = token.next;
    } else {
      token.previous.next = token.next;
    }
    if (token.next != null) {
      token.next.previous = token.previous;
    }
    token.previous = null;
    token.next = null;
  }

  /** Drops all tokens without releasing them at the generator. */
  void forgetAll() {
    held.clear();
    undeclared.clear();
    while (first != null) {
      unlink(first);
    }
  }
}

package io.lbtk.tokenport.server;

import io.lbtk.api.Outcome;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.netty.util.collection.LongObjectHashMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tokens of one lease peer: by number if they were given on this connection, by target if they
 * were declared by HOLD. Confined to the event loop of the peer.
 */
final class PeerLeases {

  /** The tokens of one target. */
  private static final class Share {
    private int leased;
    private final ArrayDeque<Token> held = new ArrayDeque<>(0);

    boolean isEmpty() {
      return leased == 0 && held.isEmpty();
    }
  }

  private record Lease(Token token, String hostPort) {}

  private final LongObjectHashMap<Lease> leases = new LongObjectHashMap<>();
  private final Map<String, Share> shares = new HashMap<>();
  private final Map<String, ArrayDeque<Token>> inherited = new HashMap<>();
  private int held;

  /** Returns the number of tokens. */
  int size() {
    return leases.size() + held;
  }

  /** Returns whether there is no token to release. */
  boolean isEmpty() {
    return size() == 0 && inherited.isEmpty();
  }

  /** Returns those of the given targets for which the peer has a token. */
  List<String> among(Set<String> hostPorts) {
    return shares.size() < hostPorts.size()
        ? shares.keySet().stream().filter(hostPorts::contains).toList()
        : hostPorts.stream().filter(shares::containsKey).toList();
  }

  /** Adds a token that is given to the peer under a number. */
  void lease(long number, Token token, String hostPort) {
    leases.put(number, new Lease(token, hostPort));
    share(hostPort).leased++;
  }

  private Share share(String hostPort) {
    return shares.computeIfAbsent(hostPort, unused -> new Share());
  }

  private void dropIfEmpty(String hostPort, Share share) {
    if (share.isEmpty()) {
      shares.remove(hostPort);
    }
  }

  /** Releases the token of a number; returns false if there is none. */
  boolean release(long number, Outcome outcome) {
    Lease lease = leases.remove(number);
    if (lease == null) {
      return false;
    }
    Share share = share(lease.hostPort);
    share.leased--;
    dropIfEmpty(lease.hostPort, share);
    lease.token.release(outcome);
    return true;
  }

  /**
   * Sets the number of held connections of a target.
   *
   * @param target the target
   * @param count the new number
   * @param all holds further connections; if it throws, those held before the exception remain
   */
  void hold(Target target, int count, HeldTokens all) {
    String hostPort = target.hostPort();
    Share share = share(hostPort);
    ArrayDeque<Token> heirs = inherited.get(hostPort);
    while (share.held.size() < count) {
      Token token = heirs == null ? null : heirs.poll();
      share.held.add(token == null ? all.hold(target, held) : token);
      held++;
    }
    while (share.held.size() > count) {
      share.held.remove().release(Outcome.closed());
      held--;
    }
    dropIfEmpty(hostPort, share);
  }

  /** Returns the number of held connections of a target. */
  int held(String hostPort) {
    Share share = shares.get(hostPort);
    return share == null ? 0 : share.held.size();
  }

  /** Releases a held connection of a target; returns false if there is none. */
  boolean releaseHeld(String hostPort, Outcome outcome) {
    Share share = shares.get(hostPort);
    Token token = share == null ? null : share.held.poll();
    if (share == null || token == null) {
      return false;
    }
    held--;
    dropIfEmpty(hostPort, share);
    token.release(outcome);
    return true;
  }

  /**
   * Takes over the tokens of an earlier connection of the same peer. {@link #hold} draws from them;
   * the others count until {@link #releaseInherited}.
   */
  void inherit(List<Token> tokens) {
    for (Token token : tokens) {
      inherited.computeIfAbsent(token.target().hostPort(), key -> new ArrayDeque<>()).add(token);
    }
  }

  /** Releases inherited tokens that were not declared by HOLD. */
  void releaseInherited() {
    if (!inherited.isEmpty()) {
      inherited.values().forEach(tokens -> tokens.forEach(PeerLeases::releaseAsOver));
      inherited.clear();
    }
  }

  /** Removes and returns all tokens. */
  List<Token> surrender() {
    List<Token> tokens = new ArrayList<>(size());
    leases.values().forEach(lease -> tokens.add(lease.token));
    shares.values().forEach(share -> tokens.addAll(share.held));
    inherited.values().forEach(tokens::addAll);
    leases.clear();
    shares.clear();
    inherited.clear();
    held = 0;
    return tokens;
  }

  /** Releases all tokens, whose outcomes are unknown. */
  void releaseAll() {
    surrender().forEach(PeerLeases::releaseAsOver);
  }

  /** Releases a token whose outcome is unknown. */
  static void releaseAsOver(Token token) {
    token.release(Outcome.closed());
  }
}

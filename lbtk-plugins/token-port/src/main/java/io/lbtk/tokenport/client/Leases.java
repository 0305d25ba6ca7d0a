package io.lbtk.tokenport.client;

import io.lbtk.api.Outcome;
import io.lbtk.tokenport.protocol.PeerLines;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The live tokens of one lease peer, and how the generator knows them. Of the event loop. */
final class Leases {

  private @Nullable LeaseToken first;

  /** Connections that the generator knows by HOLD, or is about to, by host:port. */
  private final Map<String, Integer> held = new HashMap<>();

  /** Where the count that the generator knows is not that of now. */
  private final Set<String> undeclared = new LinkedHashSet<>();

  /** A token is live from now on; it has an id, or is to be declared by {@link #declare}. */
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

  /** A new connection knows none of the tokens: all are to be declared. */
  void connected() {
    held.clear();
    undeclared.clear();
    for (LeaseToken token = first; token != null; token = token.next) {
      token.id = null;
      hold(token);
    }
  }

  /** Says how many connections are held, wherever that changed. */
  void declare(PeerLines.Writer out) {
    if (!undeclared.isEmpty()) {
      undeclared.forEach(hostPort -> out.hold(hostPort, held.getOrDefault(hostPort, 0)));
      undeclared.clear();
    }
  }

  /** A token has ended. A second time, or after {@link #leave}, nothing happens. */
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

  /** Nothing is live any more: somebody else counts it. */
  void leave() {
    held.clear();
    undeclared.clear();
    while (first != null) {
      unlink(first);
    }
  }
}

package io.lbtk.testkit;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Policy;
import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A policy by deadlines: each candidate is due at steps of 1/weight of a virtual time, and the
 * first that is due is picked. Picks that exclude have deadlines of their own. Right, or with one
 * fault.
 */
final class DeadlinePolicy implements Policy {

  enum Fault {
    NONE,
    PICKS_REMOVED,
    PICKS_SUSPENDED,
    PICKS_EXCLUDED,
    GIVES_UP_AT_EXCLUDED,
    SEARCHES_FOR_EVER,
    NEVER_RESUMES,
    KEEPS_REMOVED_SUSPENDED,
    SEES_NO_WEIGHTS,
    SEES_NO_CHANGED_WEIGHTS,
    FORGETS_WEIGHT_OF_SUSPENDED,
    GIVES_TURNS_IN_BLOCKS,
    BEGINS_ANEW,
    PICKS_NEW_FIRST,
    PICKS_ALWAYS_THE_SAME,
    TAKES_TURNS_FOR_RETRIES,
    RETRIES_ALWAYS_THE_SAME,
    COPIES_ITS_CANDIDATES,
    FORGETS_WEIGHTS_IN_COPY,
    DIVIDES_BY_WEIGHT_0,
    THROWS_AT_LATE_RELEASE,
    SEARCHES_SUSPENDED,
    LOOKS_AT_ALL,
    SEARCHES_WHAT_IS_REMOVED
  }

  private static final Comparator<Node> ORDER =
      Comparator.comparingDouble((Node node) -> node.due).thenComparingLong(node -> node.order);

  private final Fault fault;
  private final Deadlines deadlines = new Deadlines();
  private final Deadlines retries = new Deadlines();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Candidate> candidates = new ArrayList<>();
  private long orders;

  DeadlinePolicy(Fault fault) {
    this.fault = fault;
  }

  @Override
  public Policy newInstance() {
    return switch (fault) {
      case COPIES_ITS_CANDIDATES -> this;
      case FORGETS_WEIGHTS_IN_COPY -> new DeadlinePolicy(Fault.SEES_NO_WEIGHTS);
      default -> new DeadlinePolicy(fault);
    };
  }

  @Override
  public void added(Candidate candidate) {
    int weight = weight(candidate.target());
    Node node = new Node(candidate, weight, orders, new Node(candidate, weight, orders, null));
    orders++;
    candidate.attach(node);
    if (fault == Fault.SEARCHES_WHAT_IS_REMOVED) {
      candidates.add(0, candidate);
    }
    if (fault == Fault.SEARCHES_SUSPENDED || fault == Fault.LOOKS_AT_ALL) {
      nodes.add(node);
    }
    if (fault == Fault.DIVIDES_BY_WEIGHT_0) {
      node.turns = 65535 / node.weight % 1;
    }
    enter(node);
  }

  private int weight(Target target) {
    return fault == Fault.SEES_NO_WEIGHTS ? 1 : target.weight();
  }

  private void enter(Node node) {
    deadlines.enter(node);
    retries.enter(node.retry());
  }

  private void leave(Node node) {
    deadlines.leave(node);
    retries.leave(node.retry());
  }

  private static Node node(Candidate candidate) {
    return (Node) Objects.requireNonNull(candidate.attachment(), "attachment");
  }

  @Override
  public void changed(Candidate candidate, Target before) {
    Node node = node(candidate);
    int weight = weight(candidate.target());
    boolean entered = deadlines.active.contains(node);
    if (weight == node.weight
        || fault == Fault.SEES_NO_CHANGED_WEIGHTS
        || (fault == Fault.FORGETS_WEIGHT_OF_SUSPENDED && !entered)) {
      return;
    }
    deadlines.active.remove(node);
    retries.active.remove(node.retry());
    node.weight = weight;
    node.retry().weight = weight;
    if (entered) {
      enter(node);
    }
  }

  @Override
  public void removed(Candidate candidate) {
    candidates.remove(candidate);
    boolean suspended = !deadlines.active.contains(node(candidate));
    if (fault != Fault.PICKS_REMOVED) {
      leave(node(candidate));
    }
    if (fault == Fault.KEEPS_REMOVED_SUSPENDED && suspended) {
      enter(node(candidate));
    }
    if (fault == Fault.THROWS_AT_LATE_RELEASE) {
      candidate.attach(null);
    }
  }

  @Override
  public void suspended(Candidate candidate) {
    if (fault != Fault.PICKS_SUSPENDED) {
      leave(node(candidate));
    }
  }

  @Override
  public void resumed(Candidate candidate) {
    if (fault != Fault.NEVER_RESUMES) {
      enter(node(candidate));
    }
  }

  @Override
  public void released(Candidate candidate, Outcome outcome) {
    if (fault == Fault.THROWS_AT_LATE_RELEASE) {
      node(candidate);
    }
  }

  @Override
  public @Nullable Candidate pick(Demand demand) {
    for (Node node : nodes) {
      if (fault == Fault.LOOKS_AT_ALL ? node.candidate.target().port() == 0 : node.due < -1) {
        return null;
      }
    }
    while (fault == Fault.SEARCHES_FOR_EVER && allExcluded(demand)) {
      Thread.onSpinWait();
    }
    boolean first = demand.excluded().isEmpty() || fault == Fault.TAKES_TURNS_FOR_RETRIES;
    Deadlines asked = first ? deadlines : retries;
    for (Node node : asked.active) {
      if (fault == Fault.PICKS_EXCLUDED || !demand.excludes(node.candidate.target())) {
        if (first || fault != Fault.RETRIES_ALWAYS_THE_SAME) {
          asked.turn(node);
        }
        return node.candidate;
      }
      if (fault == Fault.GIVES_UP_AT_EXCLUDED) {
        return null;
      }
    }
    return null;
  }

  private boolean allExcluded(Demand demand) {
    return !deadlines.active.isEmpty()
        && deadlines.active.stream().allMatch(node -> demand.excludes(node.candidate.target()))
        && !Thread.interrupted();
  }

  /** One order of the candidates. */
  private final class Deadlines {

    private final TreeSet<Node> active = new TreeSet<>(ORDER);
    private double now;

    void enter(Node node) {
      node.base = fault == Fault.PICKS_NEW_FIRST ? now - 2 : now;
      node.turns = 0;
      node.schedule();
      active.add(node);
      beginAnew();
    }

    void leave(Node node) {
      active.remove(node);
      beginAnew();
    }

    private void beginAnew() {
      if (fault == Fault.BEGINS_ANEW) {
        List<Node> all =
            active.stream().sorted(Comparator.comparingLong(one -> one.order)).toList();
        active.clear();
        for (Node node : all) {
          node.base = 0;
          node.turns = 0;
          node.schedule();
          active.add(node);
        }
        now = 0;
      }
    }

    void turn(Node node) {
      if (fault == Fault.PICKS_ALWAYS_THE_SAME) {
        return;
      }
      now = Math.max(now, node.due);
      active.remove(node);
      node.turns++;
      if (fault == Fault.GIVES_TURNS_IN_BLOCKS) {
        node.due = Math.floor((double) node.turns / node.weight) + 0.5;
      } else {
        node.schedule();
      }
      active.add(node);
    }
  }

  private static final class Node {

    private final Candidate candidate;
    private final long order;
    private final @Nullable Node retry;
    private int weight;
    private double base;
    private long turns;
    private double due;

    Node(Candidate candidate, int weight, long order, @Nullable Node retry) {
      this.candidate = candidate;
      this.weight = weight;
      this.order = order;
      this.retry = retry;
    }

    Node retry() {
      return Objects.requireNonNull(retry, "retry");
    }

    void schedule() {
      due = base + (turns + 0.5) / weight;
    }
  }
}

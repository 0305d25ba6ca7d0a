package io.lbtk.core;

import io.lbtk.api.Candidate;
import io.lbtk.api.Target;
import io.lbtk.api.Verdict;
import io.lbtk.core.TargetTable.Tier;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of one {@code host:port} in the table: its target, its verdicts and its live
 * connections. An entry may have verdicts and connections while its target is not listed. Guarded
 * by the generator's lock.
 */
final class TableEntry implements Candidate {

  /** The availability of an entry for picks. */
  enum Standing {
    /** The policy has the entry, and it may be picked. */
    PICKABLE,
    /** The entry could be picked if it were not at a limit. */
    LIMITED,
    /** The entry may not be picked. */
    OUT
  }

  final String hostPort;

  private Target target;
  private int live;
  private @Nullable Object attachment;

  /** A list, since there are only a few at any time. */
  private List<Verdict> verdicts = List.of();

  /** The tier that holds the entry; null while it is not listed. */
  @Nullable Tier tier;

  /** The standing as last reported to the policy; {@link Standing#OUT} while it is not listed. */
  Standing standing = Standing.OUT;

  /** The time of the last removal, or of a verdict after it; used only while not listed. */
  long unlistedSince;

  /** The number of the last snapshot that had the entry; used by refreshes only. */
  long seenIn;

  /** The index in the last snapshot that had the entry; used by refreshes only. */
  int place;

  TableEntry(Target target) {
    this.target = target;
    this.hostPort = target.hostPort();
  }

  @Override
  public Target target() {
    return target;
  }

  void target(Target newTarget) {
    target = newTarget;
  }

  @Override
  public int live() {
    return live;
  }

  void addLive(int difference) {
    live += difference;
  }

  @Override
  public @Nullable Object attachment() {
    return attachment;
  }

  @Override
  public void attach(@Nullable Object state) {
    attachment = state;
  }

  boolean isPickable() {
    return standing == Standing.PICKABLE;
  }

  boolean isListed() {
    return tier != null;
  }

  List<Verdict> verdicts() {
    return verdicts;
  }

  /** Replaces the earlier verdict of the same author; a plain UP only removes it. */
  void judge(Verdict verdict) {
    List<Verdict> others = new ArrayList<>(verdicts);
    others.removeIf(other -> other.author().equals(verdict.author()));
    if (verdict.state() != Verdict.State.UP) {
      others.add(verdict);
    }
    verdicts = List.copyOf(others);
  }

  void forgetVerdicts() {
    verdicts = List.of();
  }

  /** Returns the standing that follows from the weight and the verdicts. */
  Standing judgedStanding() {
    if (target.weight() == 0) {
      return Standing.OUT;
    }
    Standing result = Standing.PICKABLE;
    for (Verdict verdict : verdicts) {
      if (verdict.state() == Verdict.State.LIMITED) {
        result = Standing.LIMITED;
      } else if (!verdict.state().allowsPicks()) {
        return Standing.OUT;
      }
    }
    return result;
  }

  TargetStatus status() {
    return new TargetStatus(target, live, isPickable(), verdicts);
  }
}

package io.lbtk.core;

import io.lbtk.api.Candidate;
import io.lbtk.api.Target;
import io.lbtk.api.Verdict;
import io.lbtk.core.TargetTable.Tier;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the generator knows of one {@code host:port}: the target while it is listed, the verdicts on
 * it and its live connections, both of which it may have before and after. Guarded by the
 * generator's lock.
 */
final class TableEntry implements Candidate {

  /** Whether the entry may be picked, as far as the table goes. */
  enum Standing {
    /** It is in the policy and may be picked. */
    PICKABLE,
    /** It could be picked, were it not at a limit. */
    LIMITED,
    /** It may not be picked. */
    OUT
  }

  final String hostPort;

  private Target target;
  private int live;
  private @Nullable Object attachment;

  /** Few or none at any time, so a list beats a map. */
  private List<Verdict> verdicts = List.of();

  /** The tier that holds the entry; null while it is not listed. */
  @Nullable Tier tier;

  /** What the policy was last told; {@link Standing#OUT} while it is not listed. */
  Standing standing = Standing.OUT;

  /** When it was last unlisted, or judged while it was; counts only while it is not listed. */
  long unlistedSince;

  /** The last whole list that had the entry; touched by refreshes only. */
  long seenIn;

  /** Where it stood in the last whole list that had it; touched by refreshes only. */
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

  /** Puts the verdict in place of what its author said before; a plain UP says nothing. */
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

  /** What weight and verdicts say. */
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

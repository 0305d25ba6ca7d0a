package io.lbtk.benchmarks.sidebyside;

import io.lbtk.benchmarks.sidebyside.Goal.To;
import java.util.List;
import java.util.Optional;

/** Which goals are kept; of those that were measured. As Markdown. */
final class GoalTable {

  private final List<Goal> goals;
  private final References references;
  private final Samples samples;

  GoalTable(List<Goal> goals, References references, Samples samples) {
    this.goals = goals;
    this.references = references;
    this.samples = samples;
  }

  /** Empty if none was measured. */
  String markdown() {
    StringBuilder rows = new StringBuilder();
    goals.forEach(goal -> row(goal).ifPresent(rows::append));
    return rows.isEmpty()
        ? ""
        : """
        | measure | of | to | must be | is | kept |
        |---|---|---|---|---|---|
        """
            + rows;
  }

  private Optional<String> row(Goal goal) {
    Optional<Peer> other =
        switch (goal.to()) {
          case NOTHING -> Optional.empty();
          case HAPROXY -> references.sameThreads(goal.peer(), Family.HAPROXY);
          case BEST_HAPROXY -> references.bestHaproxy(goal.measure(), goal.quantity());
        };
    Optional<Range> range =
        goal.to() == To.NOTHING
            ? samples.range(goal.measure(), goal.peer(), goal.quantity())
            : other.flatMap(
                peer -> samples.ratio(goal.measure(), goal.peer(), peer.name(), goal.quantity()));
    return range.map(
        found ->
            "| %s, %s | `%s` | %s | %s | %s | %s |\n"
                .formatted(
                    goal.measure(),
                    goal.text(),
                    goal.peer(),
                    other.map(peer -> "`" + peer.name() + "`").orElse("–"),
                    goal.limitText(),
                    goal.text(found.median()),
                    goal.isKept(found.median()) ? "yes" : "**no**"));
  }
}

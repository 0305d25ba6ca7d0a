package io.lbtk.api;

/**
 * The judgement of one author on one target: whether it may be picked now, and if not, why. A
 * target may be picked while no verdict forbids it; each author has one verdict at a time.
 *
 * @param author the author, such as {@code health} or {@code admin}
 * @param state the state of the target in the eyes of the author
 * @param reason the reason, for an operator; empty if there is nothing to add
 */
public record Verdict(String author, State state, String reason) {

  /** The state of a target in the eyes of one author. */
  public enum State {
    /** The target may be picked. */
    UP(true),
    /** A check has failed. */
    DOWN(false),
    /** The target gets no new connection; its connections go on. */
    DRAIN(false),
    /** The target was taken out by an operator. */
    MAINT(false),
    /** Connections to the target have failed; it is out for some time. */
    EJECTED(false),
    /** The target is at one of its limits. */
    LIMITED(false),
    /** The target is starting and gets less than its share. */
    STARTING(true);

    private final boolean allowsPicks;

    State(boolean allowsPicks) {
      this.allowsPicks = allowsPicks;
    }

    /** Returns whether a target in this state may be picked. */
    public boolean allowsPicks() {
      return allowsPicks;
    }
  }

  /** Returns the verdict in words: {@code down by health: connection refused}. */
  @Override
  public String toString() {
    String words = state.name().toLowerCase(java.util.Locale.ROOT) + " by " + author;
    return reason.isEmpty() ? words : words + ": " + reason;
  }
}

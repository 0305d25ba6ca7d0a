package io.lbtk.api;

/**
 * What one author says of one target: whether it may be picked now, and why not. A target may be
 * picked while no verdict forbids it; each author has one verdict at a time.
 *
 * @param author who says it, such as {@code health} or {@code admin}
 * @param state what it says
 * @param reason why, in words for an operator; empty if there is nothing to add
 */
public record Verdict(String author, State state, String reason) {

  /** The state of a target in the eyes of one author. */
  public enum State {
    /** It may be picked. */
    UP(true),
    /** A check says that it does not work. */
    DOWN(false),
    /** It gets no new connection; those it has go on. */
    DRAIN(false),
    /** Somebody took it out. */
    MAINT(false),
    /** Its connections failed; it is out for some time. */
    EJECTED(false),
    /** It has as much as it may have, for the moment. */
    LIMITED(false),
    /** It is coming up and gets less than its share. */
    STARTING(true);

    private final boolean allowsPicks;

    State(boolean allowsPicks) {
      this.allowsPicks = allowsPicks;
    }

    /** Whether a target in this state may be picked. */
    public boolean allowsPicks() {
      return allowsPicks;
    }
  }

  /** The verdict in words: {@code down by health: connection refused}. */
  @Override
  public String toString() {
    String words = state.name().toLowerCase(java.util.Locale.ROOT) + " by " + author;
    return reason.isEmpty() ? words : words + ": " + reason;
  }
}

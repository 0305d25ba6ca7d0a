package io.lbtk.standard.health;

/**
 * Statuses of HTTP, such as 200 or 200-399.
 *
 * @param first of the statuses
 * @param last of the statuses
 */
public record StatusRange(int first, int last) {

  private static final int LEAST = 100;
  private static final int MOST = 599;

  /**
   * Checks the order, and that they can be statuses.
   *
   * @throws IllegalArgumentException if they are none
   */
  public StatusRange {
    if (first < LEAST || last > MOST || first > last) {
      throw new IllegalArgumentException(
          "status %d-%d (expected: 100 to 599, such as 200-399)".formatted(first, last));
    }
  }

  /**
   * Reads a range, or one status.
   *
   * @throws IllegalArgumentException if it is none
   */
  static StatusRange parse(String text) {
    int dash = text.indexOf('-');
    try {
      int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
      return new StatusRange(first, dash < 0 ? first : Integer.parseInt(text.substring(dash + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "status \"%s\" (expected: such as 200 or 200-399)".formatted(text), e);
    }
  }

  boolean contains(int status) {
    return status >= first && status <= last;
  }

  /** As it is written. */
  @Override
  public String toString() {
    return first == last ? Integer.toString(first) : first + "-" + last;
  }
}

package io.lbtk.standard.health;

/**
 * A range of HTTP statuses, such as 200 or 200-399.
 *
 * @param first the first status of the range
 * @param last the last status of the range
 */
public record StatusRange(int first, int last) {

  private static final int LEAST = 100;
  private static final int MOST = 599;

  /**
   * Checks that both are HTTP statuses, in order.
   *
   * @throws IllegalArgumentException if they are not
   */
  public StatusRange {
    if (first < LEAST || last > MOST || first > last) {
      throw new IllegalArgumentException(
          "status %d-%d (expected: 100 to 599, such as 200-399)".formatted(first, last));
    }
  }

  /**
   * Parses a range or a single status.
   *
   * @throws IllegalArgumentException if the text is neither
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

  /** Returns the range in the form that {@link #parse} reads. */
  @Override
  public String toString() {
    return first == last ? Integer.toString(first) : first + "-" + last;
  }
}

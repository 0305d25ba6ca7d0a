package io.lbtk.proxy.limits;

import io.lbtk.api.Option;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rate of retries of a proxy, which limits the load on failing targets: a percentage of its
 * connections plus a number per second. Written {@code 20% + 10/s}.
 *
 * @param percent the percentage of the connections, 0 to 1000
 * @param perSecond the additional retries per second, 0 to 1,000,000
 */
public record RetryRate(int percent, int perSecond) {

  /** 20% of the connections and 10 a second. */
  public static final RetryRate DEFAULT = new RetryRate(20, 10);

  private static final Pattern SYNTAX =
      Pattern.compile("(?:(\\d{1,4})\\s*%)?(\\s*\\+\\s*)?(?:(\\d{1,7})\\s*/\\s*s)?");

  /**
   * Creates a rate.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public RetryRate {
    if (percent < 0 || percent > 1000 || perSecond < 0 || perSecond > 1_000_000) {
      throw new IllegalArgumentException(
          "expected: 0%% to 1000%% and 0/s to 1000000/s, such as %s".formatted("20% + 10/s"));
    }
  }

  /**
   * Parses {@code 20% + 10/s}, or one of its parts.
   *
   * @throws IllegalArgumentException if the text is neither; the message contains the expected form
   */
  public static RetryRate parse(String text) {
    Matcher matcher = SYNTAX.matcher(text.strip());
    boolean matches = matcher.matches();
    String percent = matches ? matcher.group(1) : null;
    String perSecond = matches ? matcher.group(3) : null;
    boolean both = percent != null && perSecond != null;
    boolean plus = matches && matcher.group(2) != null;
    if ((percent == null && perSecond == null) || plus != both) {
      throw new IllegalArgumentException(
          "expected: a share of the connections and a rate, such as 20% + 10/s");
    }
    return new RetryRate(
        percent == null ? 0 : Integer.parseInt(percent),
        perSecond == null ? 0 : Integer.parseInt(perSecond));
  }

  /** Returns an option of this type. */
  public static Option<RetryRate> option(String name) {
    return Option.of(name, "share and rate", RetryRate::parse, RetryRate::toString);
  }

  /** Returns the form that {@link #parse} accepts. */
  @Override
  public String toString() {
    return percent + "% + " + perSecond + "/s";
  }
}

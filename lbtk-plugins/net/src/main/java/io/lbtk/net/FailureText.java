package io.lbtk.net;

import java.net.NoRouteToHostException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says in plain words why a call of the system failed, whichever library made the call. */
public final class FailureText {

  /** Netty names the native call and the number of the error before the words for it. */
  private static final Pattern NATIVE =
      Pattern.compile("(?s).*\\w\\(\\.\\.\\) failed with error\\(-?\\d+\\): (.+)");

  /** Netty appends the address to the words of the JDK; the log names the target already. */
  private static final Pattern WITH_ADDRESS = Pattern.compile("(?s)(.+?): \\S*/\\S+:\\d+");

  private FailureText() {}

  /**
   * Returns the words for a failure, such as {@code connection refused}.
   *
   * @param failure null if there is none
   */
  public static String of(@Nullable Throwable failure) {
    if (failure == null) {
      return "unknown failure";
    }
    String message = failure.getMessage();
    if (message == null || message.isBlank()) {
      return failure instanceof NoRouteToHostException
          ? "no route to host"
          : failure.getClass().getSimpleName();
    }
    Matcher known = NATIVE.matcher(message);
    if (!known.matches()) {
      known = WITH_ADDRESS.matcher(message);
    }
    return known.matches() ? beginLow(known.group(1)) : beginLow(message);
  }

  /** Begins with a small letter, unless the first word is an abbreviation. */
  private static String beginLow(String words) {
    boolean word = words.length() > 1 && Character.isLowerCase(words.charAt(1));
    return word ? words.substring(0, 1).toLowerCase(Locale.ROOT) + words.substring(1) : words;
  }
}

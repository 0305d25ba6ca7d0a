package io.lbtk.net;

import java.net.NoRouteToHostException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Describes failed system calls in plain words, regardless of the library that made the call. */
public final class FailureText {

  /** Netty puts the native call and the error number before the message of the system. */
  private static final Pattern NATIVE =
      Pattern.compile("(?s).*\\w\\(\\.\\.\\) failed with error\\(-?\\d+\\): (.+)");

  /** Netty appends the address to the message of the JDK; the log names the target already. */
  private static final Pattern WITH_ADDRESS = Pattern.compile("(?s)(.+?): \\S*/\\S+:\\d+");

  private FailureText() {}

  /**
   * Returns the description of a failure, such as {@code connection refused}.
   *
   * @param failure the failure, or null if it is unknown
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

  /** Puts the first letter in lower case, unless the first word is an abbreviation. */
  private static String beginLow(String words) {
    boolean word = words.length() > 1 && Character.isLowerCase(words.charAt(1));
    return word ? words.substring(0, 1).toLowerCase(Locale.ROOT) + words.substring(1) : words;
  }
}

package io.lbtk.discovery;

/** Sanitizes text from outside for one line of a log. */
public final class Printable {

  private Printable() {}

  /**
   * Returns the text with control, format and other invisible characters replaced, and truncated to
   * a length.
   */
  public static String line(String text, int max) {
    StringBuilder line = new StringBuilder(Math.min(text.length(), max) + 1);
    int end = Math.min(text.length(), max);
    if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    text.substring(0, end)
        .codePoints()
        .forEach(c -> line.appendCodePoint(isPrintable(c) ? c : '?'));
    return end < text.length() ? line.append('…').toString() : line.toString();
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}

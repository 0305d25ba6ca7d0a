package io.lbtk.api;

/**
 * Sanitizes text from outside, such as an answer of a server or a value of a file, for one line of
 * a log or an error message.
 */
public final class PrintableText {

  private PrintableText() {}

  /**
   * Returns the text with control, format and other invisible characters replaced by a question
   * mark: none of them can end the line, or change how other characters are shown.
   */
  public static String of(String text) {
    return of(text, Integer.MAX_VALUE);
  }

  /**
   * Returns the text as {@link #of(String)} does, truncated to a length.
   *
   * @param max the largest number of characters, at least 1
   */
  public static String of(String text, int max) {
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

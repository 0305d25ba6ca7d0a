package io.lbtk.launcher;

import java.util.List;

/** What the user reads at once: lines on the standard error, beside the log. */
final class Screen {

  private Screen() {}

  static void say(String line) {
    System.err.println(line);
  }

  static void say(List<String> lines) {
    lines.forEach(Screen::say);
  }
}

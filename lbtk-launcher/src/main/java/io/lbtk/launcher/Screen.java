package io.lbtk.launcher;

import java.util.List;

/** Prints messages for the user to standard error, besides the log. */
final class Screen {

  private Screen() {}

  static void say(String line) {
    System.err.println(line);
  }

  static void say(List<String> lines) {
    lines.forEach(Screen::say);
  }
}

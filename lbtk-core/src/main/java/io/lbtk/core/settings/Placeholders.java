package io.lbtk.core.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the placeholders in values: <code>${env:NAME}</code> an environment variable, <code>
 * ${file:PATH}</code> the contents of a file without the line end at its end. <code>$${</code>
 * stands for <code>${</code> itself. Resolved text is not searched for placeholders again.
 */
final class Placeholders {

  private static final long MAX_FILE = 64 * 1024;

  private final Function<String, @Nullable String> environment;

  /**
   * Creates placeholders that read files from the file system.
   *
   * @param environment the lookup of a variable, which returns null if there is none
   */
  Placeholders(Function<String, @Nullable String> environment) {
    this.environment = environment;
  }

  /**
   * A resolved value.
   *
   * @param hidden whether it contains resolved text: such a value is never shown
   */
  record Resolved(String text, boolean hidden) {}

  /**
   * Resolves one value.
   *
   * @param folder the directory that relative paths of files count from
   * @throws IllegalArgumentException if a placeholder cannot be resolved; the message names it
   */
  Resolved resolve(String text, Path folder) {
    StringBuilder result = new StringBuilder();
    boolean hidden = false;
    int done = 0;
    for (int at = text.indexOf("${"); at >= 0; at = text.indexOf("${", done)) {
      if (at > done && text.charAt(at - 1) == '$') {
        result.append(text, done, at - 1).append("${");
        done = at + 2;
        continue;
      }
      int end = text.indexOf('}', at);
      if (end < 0) {
        throw new IllegalArgumentException(
            "${ without its } (expected: ${env:NAME} or ${file:PATH}; write $${ for ${ itself)");
      }
      result.append(text, done, at).append(lookUp(text.substring(at + 2, end), folder));
      hidden = true;
      done = end + 1;
    }
    return new Resolved(result.append(text.substring(done)).toString(), hidden);
  }

  private String lookUp(String reference, Path folder) {
    if (reference.startsWith("env:")) {
      String name = reference.substring("env:".length());
      String value = environment.apply(name);
      if (value == null) {
        throw new IllegalArgumentException(
            "${%s} is not set (expected: an environment variable of that name)"
                .formatted(reference));
      }
      return value;
    }
    if (reference.startsWith("file:")) {
      return contents(reference, folder, reference.substring("file:".length()));
    }
    throw new IllegalArgumentException(
        "${%s} is unknown (expected: ${env:NAME} or ${file:PATH}; write $${ for ${ itself)"
            .formatted(reference));
  }

  private static String contents(String reference, Path folder, String name) {
    try {
      Path file = folder.resolve(name);
      if (Files.size(file) > MAX_FILE) {
        throw new IllegalArgumentException(
            "${%s} is too long (expected: a file of at most %d bytes)"
                .formatted(reference, MAX_FILE));
      }
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return text.endsWith("\r\n")
          ? text.substring(0, text.length() - 2)
          : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("${%s}: no such file".formatted(reference), e);
    } catch (InvalidPathException | IOException e) {
      throw new IllegalArgumentException(
          "${%s} cannot be read: %s".formatted(reference, e.getMessage()), e);
    }
  }
}

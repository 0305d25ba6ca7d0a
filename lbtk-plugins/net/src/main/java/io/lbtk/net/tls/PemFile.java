package io.lbtk.net.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A PEM file named by an option.
 *
 * @param option the option, for errors, such as {@code tls.key}
 * @param path the file
 */
record PemFile(String option, Path path) {

  private static final int MAX_BYTES = 1 << 20;

  /** Reads the file; blocks. If it cannot be read, the content has a problem instead of a text. */
  PemContent read() {
    try {
      byte[] bytes;
      try (var in = Files.newInputStream(path)) {
        bytes = in.readNBytes(MAX_BYTES + 1);
      }
      if (bytes.length > MAX_BYTES) {
        return PemContent.unreadable(
            this, "is too long (expected: a PEM file of at most %d bytes)".formatted(MAX_BYTES));
      }
      return PemContent.of(this, new String(bytes, ISO_8859_1));
    } catch (NoSuchFileException e) {
      return PemContent.unreadable(this, "no such file (expected: a PEM file)");
    } catch (IOException e) {
      return PemContent.unreadable(this, "cannot be read: " + e);
    }
  }

  @Override
  public String toString() {
    return option + " = " + path;
  }
}

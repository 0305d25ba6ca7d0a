package io.lbtk.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file of a token, read for each request, because Kubernetes replaces it about every hour. */
record TokenFile(Path path) {

  /**
   * Adds the token to a request.
   *
   * @throws IOException if the file cannot be read or holds no token; the message names it
   */
  void authorize(HttpRequest.Builder request) throws IOException {
    String token;
    try {
      token = Files.readString(path, UTF_8).strip();
    } catch (IOException e) {
      throw new IOException("token-file %s cannot be read: %s".formatted(path, e), e);
    }
    try {
      request.setHeader("Authorization", "Bearer " + token);
    } catch (IllegalArgumentException e) {
      // Without the cause, whose message repeats the token.
      throw new IOException(
          "token-file %s holds no token (expected: one line of ASCII)".formatted(path));
    }
  }
}

package io.lbtk.consul;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.api.PrintableText;
import java.net.http.HttpResponse;

/** Describes unexpected responses of an agent. */
final class AgentAnswer {

  private static final int MAX_SHOWN = 200;

  private AgentAnswer() {}

  /** Returns the status and the beginning of the body of a response, in one line. */
  static String shown(HttpResponse<byte[]> answer) {
    byte[] body = answer.body();
    String words = new String(body, 0, Math.min(body.length, 4 * MAX_SHOWN), UTF_8).strip();
    return words.isEmpty()
        ? Integer.toString(answer.statusCode())
        : "%d, \"%s\"".formatted(answer.statusCode(), PrintableText.of(words, MAX_SHOWN));
  }
}

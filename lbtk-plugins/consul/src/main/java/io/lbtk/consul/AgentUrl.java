package io.lbtk.consul;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;

/** URLs of an agent's API. */
final class AgentUrl {

  private AgentUrl() {}

  /**
   * A place in the API.
   *
   * @param agent the URL of the agent; what stands before it may have given it a path of its own
   * @param place with its slash, and encoded
   */
  static URI of(URI agent, String place) {
    String path = agent.getRawPath() == null ? "" : agent.getRawPath().replaceAll("/+$", "");
    return URI.create(
        "%s://%s%s%s".formatted(agent.getScheme(), agent.getRawAuthority(), path, place));
  }

  /** A text as one part of a path, or as the value of a parameter. */
  static String part(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }
}

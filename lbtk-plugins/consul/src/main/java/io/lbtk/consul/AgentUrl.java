package io.lbtk.consul;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;

/** URLs of the API of an agent. */
final class AgentUrl {

  private AgentUrl() {}

  /**
   * Returns the URL of a path in the API.
   *
   * @param agent the URL of the agent; may have a path, for example behind a proxy
   * @param place the encoded path, with its leading slash
   */
  static URI of(URI agent, String place) {
    String path = agent.getRawPath() == null ? "" : agent.getRawPath().replaceAll("/+$", "");
    return URI.create(
        "%s://%s%s%s".formatted(agent.getScheme(), agent.getRawAuthority(), path, place));
  }

  /** Encodes a text as a segment of a path or as the value of a parameter. */
  static String part(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }
}

package io.lbtk.consul;

import io.lbtk.discovery.http.HttpCalls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Creates requests to an agent for the instances of a service, with their checks.
 *
 * @param agent the URL of the agent
 * @param tag the tag of the instances; null for any
 * @param datacenter the data center; null for that of the agent
 * @param passing whether only instances are returned whose checks all pass
 */
record HealthQuery(
    URI agent, String service, @Nullable String tag, @Nullable String datacenter, boolean passing) {

  /**
   * Returns a request that is answered at once, by a leader that has applied its log. Without this
   * a server that has just started would report an empty list for a moment. @throws IOException as
   * {@link HttpCalls#request}
   */
  HttpRequest.Builder now() throws IOException {
    return HttpCalls.request(uri("&consistent")).GET();
  }

  /**
   * Returns a request that is answered when the service has changed.
   *
   * @param index the index of the last response
   * @param wait the longest time to the response, to which the agent adds up to a sixteenth @throws
   *     IOException as {@link HttpCalls#request}
   */
  HttpRequest.Builder after(long index, Duration wait) throws IOException {
    return HttpCalls.request(
            uri("&index=%d&wait=%dms".formatted(index, Math.max(1, wait.toMillis()))))
        .GET();
  }

  private URI uri(String further) {
    StringBuilder query = new StringBuilder(further);
    if (passing) {
      query.append("&passing=1");
    }
    if (tag != null) {
      query.append("&tag=").append(AgentUrl.part(tag));
    }
    if (datacenter != null) {
      query.append("&dc=").append(AgentUrl.part(datacenter));
    }
    return AgentUrl.of(
        agent,
        "/v1/health/service/%s%s"
            .formatted(AgentUrl.part(service), query.isEmpty() ? "" : "?" + query.substring(1)));
  }

  /** Returns the URL without credentials, for messages. */
  @Override
  public String toString() {
    return HttpCalls.shown(uri(""));
  }
}

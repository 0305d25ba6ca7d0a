package io.lbtk.consul;

import io.lbtk.discovery.http.HttpCalls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks an agent for the instances of a service, with their checks.
 *
 * @param agent the URL of the agent
 * @param tag of the instances; null for any
 * @param datacenter null for the agent's own
 * @param passing whether those alone whose checks all pass
 */
record HealthQuery(
    URI agent, String service, @Nullable String tag, @Nullable String datacenter, boolean passing) {

  /**
   * A request that is answered at once, by a leader that has read all of its log: without that a
   * server which has just been started answers, for a moment, that it knows of no instance.
   *
   * @throws IOException as {@link HttpCalls#request}
   */
  HttpRequest.Builder now() throws IOException {
    return HttpCalls.request(uri("&consistent")).GET();
  }

  /**
   * A request that is answered when the service has changed.
   *
   * @param index of the last answer
   * @param wait when it is answered at the latest, or a sixteenth later
   * @throws IOException as {@link HttpCalls#request}
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

  /** What is asked, for people: without the parameters. */
  @Override
  public String toString() {
    return HttpCalls.shown(uri(""));
  }
}

package io.lbtk.consul;

import io.lbtk.api.Target;
import io.lbtk.core.register.KeptRegistrar;
import io.lbtk.discovery.http.HttpCalls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One instance of a service at an agent, and the check that says that it is well. */
final class ConsulEntry implements KeptRegistrar.Entry {

  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int SERVER_ERROR = 500;

  private final URI agent;
  private final HttpCalls calls;
  private final Duration timeout;
  private final ServiceDefinition definition;

  /** The instance that the agent may know, by its ID; null for none. */
  private @Nullable String id;

  /** What the agent knows of it; null where that is not certain. */
  private @Nullable Target written;

  ConsulEntry(URI agent, HttpCalls calls, Duration timeout, ServiceDefinition definition) {
    this.agent = agent;
    this.calls = calls;
    this.timeout = timeout;
    this.definition = definition;
  }

  @Override
  public String place() {
    return "%s, service %s".formatted(HttpCalls.shown(agent), definition.name());
  }

  @Override
  public void keep(Target target) throws IOException {
    if (!target.equals(written) || !passes(definition.id(target))) {
      register(target);
    }
  }

  private void register(Target target) throws IOException {
    String before = id;
    String now = definition.id(target);
    id = now;
    written = null;
    put("/v1/agent/service/register", definition.json(target), OK);
    // An agent that knew the instance keeps the state that its check had.
    if (!passes(now)) {
      throw new IOException(
          "%s: it does not know the check of %s, which it has just been told (expected: that it does)"
              .formatted(HttpCalls.shown(AgentUrl.of(agent, "")), now));
    }
    written = target;
    if (before != null && !before.equals(now)) {
      deregister(before);
    }
  }

  /** Says that the check passes; false if the agent does not know it (any more). */
  private boolean passes(String instance) throws IOException {
    String check = ServiceDefinition.checkId(instance);
    String place = "/v1/agent/check/pass/" + AgentUrl.part(check);
    // Up to Consul 1.10 it is an error of the server that a check is unknown.
    return put(place, new byte[0], OK, NOT_FOUND, SERVER_ERROR) == OK;
  }

  @Override
  public void remove() throws IOException {
    if (id != null) {
      deregister(id);
      id = null;
      written = null;
    }
  }

  private void deregister(String instance) throws IOException {
    put("/v1/agent/service/deregister/" + AgentUrl.part(instance), new byte[0], OK, NOT_FOUND);
  }

  /** Gives the status of the answer, which is one of those that are expected. */
  private int put(String place, byte[] body, int... expected) throws IOException {
    URI url = AgentUrl.of(agent, place);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url).PUT(HttpRequest.BodyPublishers.ofByteArray(body));
    HttpResponse<byte[]> answer;
    try {
      answer = calls.call(request, timeout);
    } catch (IOException e) {
      throw new IOException("%s: %s".formatted(HttpCalls.shown(url), e.getMessage()), e);
    }
    int status = answer.statusCode();
    if (IntStream.of(expected).noneMatch(known -> known == status)) {
      throw new IOException(
          "%s: it answered %s (expected: 200)"
              .formatted(HttpCalls.shown(url), AgentAnswer.shown(answer)));
    }
    return status;
  }

  @Override
  public void close() {
    calls.close();
  }
}

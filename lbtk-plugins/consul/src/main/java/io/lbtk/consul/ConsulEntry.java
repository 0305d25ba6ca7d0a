package io.lbtk.consul;

import com.fasterxml.jackson.core.JsonPointer;
import io.lbtk.api.Target;
import io.lbtk.core.register.KeptRegistrar;
import io.lbtk.discovery.http.HttpCalls;
import io.lbtk.discovery.json.JsonException;
import io.lbtk.discovery.json.JsonTree;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One instance of a service at an agent, and the check that says that it is well. What another
 * registrar keeps by now is not removed: a process may have taken over from this one.
 */
final class ConsulEntry implements KeptRegistrar.Entry {

  private static final String NOTE = "by registrar ";
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int SERVER_ERROR = 500;

  private final URI agent;
  private final HttpCalls calls;
  private final Duration timeout;
  private final ServiceDefinition definition;

  /** What the check says, by which the one who keeps it is told from others. */
  private final String note = NOTE + UUID.randomUUID();

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
    String place =
        "/v1/agent/check/pass/%s?note=%s".formatted(AgentUrl.part(check), AgentUrl.part(note));
    // Up to Consul 1.10 it is an error of the server that a check is unknown.
    return put(place, new byte[0], OK, NOT_FOUND, SERVER_ERROR) == OK;
  }

  @Override
  public void remove() throws IOException {
    if (id != null) {
      if (!isKeptByAnother(id)) {
        deregister(id);
      }
      id = null;
      written = null;
    }
  }

  private boolean isKeptByAnother(String instance) throws IOException {
    URI url = AgentUrl.of(agent, "/v1/agent/checks");
    HttpResponse<byte[]> answer = call(url, HttpRequest.newBuilder(url));
    if (answer.statusCode() != OK) {
      // Who may write a service need not be allowed to read.
      return false;
    }
    JsonPointer output =
        JsonPointer.empty()
            .appendProperty(ServiceDefinition.checkId(instance))
            .appendProperty("Output");
    try {
      Object said = JsonTree.at(JsonTree.read(answer.body()).orElse(null), output);
      return said instanceof String other && other.startsWith(NOTE) && !other.equals(note);
    } catch (JsonException e) {
      throw new IOException("%s: %s".formatted(HttpCalls.shown(url), e.getMessage()), e);
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
    HttpResponse<byte[]> answer = call(url, request);
    int status = answer.statusCode();
    if (IntStream.of(expected).noneMatch(known -> known == status)) {
      throw new IOException(
          "%s: it answered %s (expected: 200)"
              .formatted(HttpCalls.shown(url), AgentAnswer.shown(answer)));
    }
    return status;
  }

  private HttpResponse<byte[]> call(URI url, HttpRequest.Builder request) throws IOException {
    try {
      return calls.call(request, timeout);
    } catch (IOException e) {
      throw new IOException("%s: %s".formatted(HttpCalls.shown(url), e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    calls.close();
  }
}

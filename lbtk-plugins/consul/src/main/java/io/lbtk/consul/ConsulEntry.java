package io.lbtk.consul;

import com.fasterxml.jackson.core.JsonPointer;
import io.lbtk.api.Target;
import io.lbtk.core.register.RenewingRegistrar;
import io.lbtk.discovery.http.HttpCalls;
import io.lbtk.discovery.json.JsonException;
import io.lbtk.discovery.json.JsonTree;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One instance of a service at an agent, and its check.
 *
 * <p>If two registrars keep the same instance, the later one wins: the note of the check has the
 * registrar that has passed it last, and the start of its registration. The earlier registrar reads
 * it before it would pass the check again, and fails. It does not remove the instance either, since
 * another process may have taken over.
 */
final class ConsulEntry implements RenewingRegistrar.Entry {

  /** Note of a check: the registrar that has passed it, and the start of its registration. */
  private static final Pattern NOTE =
      Pattern.compile("by registrar ([0-9a-f-]{36}) since ([0-9]{1,18})");

  /** Registrar of an instance: this one, or another one that has started earlier or later. */
  private enum Keeper {
    UNKNOWN,
    THIS,
    EARLIER,
    LATER
  }

  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int SERVER_ERROR = 500;

  private final URI agent;
  private final HttpCalls calls;
  private final Duration timeout;
  private final ServiceDefinition definition;

  /** Identifies this registrar. */
  private final String registrar = UUID.randomUUID().toString();

  /** The target to keep; null for none. */
  private @Nullable Target wanted;

  /** The time at which it was first to be kept, in microseconds since 1970. */
  private long since;

  /** The ID of the instance that the agent may know; null for none. */
  private @Nullable String id;

  /** The target that the agent knows; null if that is uncertain. */
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
    if (!target.equals(wanted)) {
      wanted = target;
      since = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
      written = null;
    }
    if (written == null) {
      register(target);
      return;
    }
    String instance = definition.id(target);
    Keeper keeper = keeper(instance);
    if (keeper == Keeper.LATER) {
      throw new IOException(
          "%s, instance %s: kept by another registrar (expected: one of a target)"
              .formatted(HttpCalls.shown(AgentUrl.of(agent, "")), instance));
    }
    if (keeper == Keeper.EARLIER || !pass(instance)) {
      register(target);
    }
  }

  private void register(Target target) throws IOException {
    String before = id;
    String now = definition.id(target);
    id = now;
    written = null;
    put("/v1/agent/service/register", definition.json(target), OK);
    // If the agent knew the instance already, its check keeps its state.
    if (!pass(now)) {
      throw new IOException(
          "%s: it does not know the check of %s, which was just registered (expected: a known check)"
              .formatted(HttpCalls.shown(AgentUrl.of(agent, "")), now));
    }
    written = target;
    if (before != null && !before.equals(now) && keeper(before) != Keeper.LATER) {
      deregister(before);
    }
  }

  /** Passes the check; returns false if the agent does not know it. */
  private boolean pass(String instance) throws IOException {
    String check = ServiceDefinition.checkId(instance);
    String note = "by registrar %s since %d".formatted(registrar, since);
    String place =
        "/v1/agent/check/pass/%s?note=%s".formatted(AgentUrl.part(check), AgentUrl.part(note));
    // Up to Consul 1.10 an unknown check is a server error.
    return put(place, new byte[0], OK, NOT_FOUND, SERVER_ERROR) == OK;
  }

  @Override
  public void remove() throws IOException {
    if (id != null) {
      if (keeper(id) != Keeper.LATER) {
        deregister(id);
      }
      id = null;
      written = null;
      wanted = null;
    }
  }

  /** Returns the registrar that has passed the check of an instance last, as far as known. */
  private Keeper keeper(String instance) throws IOException {
    String check = ServiceDefinition.checkId(instance);
    // Agents before Consul 1.5 ignore the filter and return all checks.
    String filter =
        "CheckID == \"%s\"".formatted(check.replace("\\", "\\\\").replace("\"", "\\\""));
    URI url = AgentUrl.of(agent, "/v1/agent/checks?filter=" + AgentUrl.part(filter));
    HttpResponse<byte[]> answer = call(url, HttpCalls.request(url));
    if (answer.statusCode() != OK) {
      // A token that may write a service need not be allowed to read.
      return Keeper.UNKNOWN;
    }
    JsonPointer output = JsonPointer.empty().appendProperty(check).appendProperty("Output");
    try {
      Object value = JsonTree.at(JsonTree.read(answer.body()).orElse(null), output);
      // If the check has expired, the note follows other text.
      return value instanceof String note ? keeper(NOTE.matcher(note)) : Keeper.UNKNOWN;
    } catch (JsonException e) {
      throw new IOException("%s: %s".formatted(HttpCalls.shown(url), e.getMessage()), e);
    }
  }

  private Keeper keeper(Matcher note) {
    if (!note.matches()) {
      return Keeper.UNKNOWN;
    }
    int order = note.group(1).compareTo(registrar);
    if (order == 0) {
      return Keeper.THIS;
    }
    long other = Long.parseLong(note.group(2));
    return other > since || (other == since && order > 0) ? Keeper.LATER : Keeper.EARLIER;
  }

  private void deregister(String instance) throws IOException {
    put("/v1/agent/service/deregister/" + AgentUrl.part(instance), new byte[0], OK, NOT_FOUND);
  }

  /** Sends a PUT request, and returns its status, which is one of the expected ones. */
  private int put(String place, byte[] body, int... expected) throws IOException {
    URI url = AgentUrl.of(agent, place);
    HttpRequest.Builder request =
        HttpCalls.request(url).PUT(HttpRequest.BodyPublishers.ofByteArray(body));
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

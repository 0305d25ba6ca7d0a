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
 * One instance of a service at an agent, and the check that says that it is well.
 *
 * <p>Of two registrars that keep the same instance the later one does: the note of the check says
 * which one has passed it last, and since when that one registers it. The earlier one sees that
 * before it would pass the check again, and does not. What another keeps is not removed either: a
 * process may have taken over from this one.
 */
final class ConsulEntry implements RenewingRegistrar.Entry {

  /** What the check says: which registrar has passed it, and since when that one keeps it. */
  private static final Pattern NOTE =
      Pattern.compile("by registrar ([0-9a-f-]{36}) since ([0-9]{1,18})");

  /** Who keeps an instance: this registrar, or another that has begun before or after it. */
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

  /** Tells this registrar from others. */
  private final String registrar = UUID.randomUUID().toString();

  /** What is to be kept; null for nothing. */
  private @Nullable Target wanted;

  /** When that was wanted first, in microseconds since 1970. */
  private long since;

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
    if (keeper == Keeper.EARLIER || !passes(instance)) {
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
    if (before != null && !before.equals(now) && keeper(before) != Keeper.LATER) {
      deregister(before);
    }
  }

  /** Says that the check passes; false if the agent does not know it (any more). */
  private boolean passes(String instance) throws IOException {
    String check = ServiceDefinition.checkId(instance);
    String note = "by registrar %s since %d".formatted(registrar, since);
    String place =
        "/v1/agent/check/pass/%s?note=%s".formatted(AgentUrl.part(check), AgentUrl.part(note));
    // Up to Consul 1.10 it is an error of the server that a check is unknown.
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

  /** Who has passed the check of an instance last, as far as that can be told. */
  private Keeper keeper(String instance) throws IOException {
    String check = ServiceDefinition.checkId(instance);
    // Agents from before Consul 1.5 tell all of their checks.
    String filter =
        "CheckID == \"%s\"".formatted(check.replace("\\", "\\\\").replace("\"", "\\\""));
    URI url = AgentUrl.of(agent, "/v1/agent/checks?filter=" + AgentUrl.part(filter));
    HttpResponse<byte[]> answer = call(url, HttpCalls.request(url));
    if (answer.statusCode() != OK) {
      // Who may write a service need not be allowed to read.
      return Keeper.UNKNOWN;
    }
    JsonPointer output = JsonPointer.empty().appendProperty(check).appendProperty("Output");
    try {
      Object said = JsonTree.at(JsonTree.read(answer.body()).orElse(null), output);
      // Where nobody passes it any more, the note stands behind other words.
      return said instanceof String note ? keeper(NOTE.matcher(note)) : Keeper.UNKNOWN;
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

  /** Gives the status of the answer, which is one of those that are expected. */
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

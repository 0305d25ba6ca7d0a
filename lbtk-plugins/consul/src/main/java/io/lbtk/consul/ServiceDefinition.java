package io.lbtk.consul;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.lbtk.api.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The registration of an instance, which {@link Instance} reads as the same target, with a check
 * that becomes critical if it is not passed within its time to live.
 *
 * @param name the name of the service
 * @param tags the tags of the instance
 * @param ttl the time to live of the check
 */
record ServiceDefinition(String name, List<String> tags, Duration ttl) {

  /** Time after which the agent removes a critical instance; the shortest that Consul supports. */
  private static final String REMOVED_AFTER = "1m";

  private static final JsonFactory JSON = new JsonFactory();

  /** Copies the tags. */
  ServiceDefinition {
    tags = List.copyOf(tags);
  }

  /** Returns the ID of the instance, unique on its agent. */
  String id(Target target) {
    return "%s-%s-%d".formatted(name, target.host(), target.port());
  }

  /** Returns the ID of the check of an instance. */
  static String checkId(String id) {
    return "service:" + id;
  }

  /** Returns the body of the registration. */
  byte[] json(Target target) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(body)) {
      json.writeStartObject();
      json.writeStringField("ID", id(target));
      json.writeStringField("Name", name);
      json.writeStringField("Address", target.host());
      json.writeNumberField("Port", target.port());
      json.writeArrayFieldStart("Tags");
      for (String tag : tags) {
        json.writeString(tag);
      }
      json.writeEndArray();
      writeMeta(json, target);
      writeWeights(json, target);
      writeCheck(json, target);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return body.toByteArray();
  }

  private static void writeMeta(JsonGenerator json, Target target) throws IOException {
    Map<String, String> meta = new LinkedHashMap<>(target.attributes());
    if (target.weight() == 0) {
      meta.put(Instance.WEIGHT, "0");
    }
    if (target.priority() != 0) {
      meta.put(Instance.PRIORITY, Integer.toString(target.priority()));
    }
    json.writeObjectFieldStart("Meta");
    for (Map.Entry<String, String> entry : meta.entrySet()) {
      json.writeStringField(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
  }

  private static void writeWeights(JsonGenerator json, Target target) throws IOException {
    int weight = Math.max(1, target.weight());
    json.writeObjectFieldStart("Weights");
    json.writeNumberField("Passing", weight);
    json.writeNumberField("Warning", weight);
    json.writeEndObject();
  }

  private void writeCheck(JsonGenerator json, Target target) throws IOException {
    json.writeObjectFieldStart("Check");
    json.writeStringField("CheckID", checkId(id(target)));
    json.writeStringField("Name", "kept by lbtk");
    json.writeStringField("TTL", ttl.toMillis() + "ms");
    json.writeStringField("Status", "passing");
    json.writeStringField("DeregisterCriticalServiceAfter", REMOVED_AFTER);
    json.writeEndObject();
  }
}

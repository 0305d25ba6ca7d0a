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
 * How an agent is told of a service: what {@link Instance} reads back as the same target, with a
 * check that is critical when nobody has said for its time to live that it passes.
 *
 * @param name of the service
 * @param tags of this instance
 * @param ttl how long a pass holds
 */
record ServiceDefinition(String name, List<String> tags, Duration ttl) {

  /** When an agent forgets an instance that is critical. Consul knows no shorter time. */
  private static final String FORGOTTEN_AFTER = "1m";

  private static final JsonFactory JSON = new JsonFactory();

  /** Takes an immutable copy of the tags. */
  ServiceDefinition {
    tags = List.copyOf(tags);
  }

  /** The ID of the instance, the only one of it on its agent. */
  String id(Target target) {
    return "%s-%s-%d".formatted(name, target.host(), target.port());
  }

  /** The ID of the check of an instance. */
  static String checkId(String id) {
    return "service:" + id;
  }

  /** The body of a registration. */
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
    json.writeStringField("DeregisterCriticalServiceAfter", FORGOTTEN_AFTER);
    json.writeEndObject();
  }
}

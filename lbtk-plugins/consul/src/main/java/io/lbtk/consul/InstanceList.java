package io.lbtk.consul;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.discovery.BadEntries;
import io.lbtk.discovery.DocumentReader;
import io.lbtk.discovery.json.JsonException;
import io.lbtk.discovery.json.JsonReading;
import io.lbtk.discovery.json.JsonTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Reads the list of instances that {@code /v1/health/service} answers with, one at a time. */
final class InstanceList implements DocumentReader {

  /** What says the same is to be the same, in whatever order it is told. */
  private static final Comparator<Target> ORDER =
      Comparator.comparingInt(Target::priority).thenComparing(Target::hostPort);

  private final String source;
  private final BadEntries bad;

  /**
   * A reader.
   *
   * @param name of the refresher, for the log
   * @param source what is read, for the log and for failures
   */
  InstanceList(String name, String source) {
    this.source = source;
    this.bad = new BadEntries(name + ": " + source);
  }

  @Override
  public Refresh read(byte[] document) {
    JsonReading<List<Target>> list = this::targets;
    try {
      List<Target> targets = list.from(document);
      targets.sort(ORDER);
      return bad.result(source, targets);
    } catch (JsonException e) {
      return Refresh.failure(source + ": " + e.getMessage());
    }
  }

  private List<Target> targets(JsonParser parser) throws IOException, JsonException {
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw JsonException.unexpected(parser, "an array of instances");
    }
    List<Target> targets = new ArrayList<>();
    bad.begin();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      Instance instance = new Instance(JsonTree.read(parser));
      try {
        instance.target().ifPresent(targets::add);
      } catch (IllegalArgumentException e) {
        bad.addNamed(instance.place(), instance.address(), String.valueOf(e.getMessage()));
      }
    }
    bad.end();
    return targets;
  }
}

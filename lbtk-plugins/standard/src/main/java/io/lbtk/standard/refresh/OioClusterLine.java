package io.lbtk.standard.refresh;

import io.lbtk.api.Target;
import io.lbtk.discovery.json.EntryValue;
import java.util.Optional;

/**
 * Parses a line of {@code oio-cluster -r NAMESPACE}: {@code
 * OPENIO|rawx|127.0.0.1:6010|score=81|tag.up=true|tag.loc=vm.vol1}. The score is the weight; a
 * service that is not up has weight 0. Version 0.8 prints a line about the namespace first, which
 * has no target.
 */
final class OioClusterLine implements TextList.LineReader {

  private static final String NAMESPACE = "NAMESPACE";
  private static final String SCORE = "score=";
  private static final String UP = "tag.up=";

  @Override
  public Optional<Target> read(String line) {
    String[] fields = line.split("\\|", -1);
    if (fields[0].equals(NAMESPACE)) {
      return Optional.empty();
    }
    if (fields.length < 4 || !fields[3].startsWith(SCORE)) {
      throw new IllegalArgumentException("expected: NAMESPACE|TYPE|host:port|score=NUMBER");
    }
    boolean up = true;
    for (int i = 4; i < fields.length; i++) {
      if (fields[i].startsWith(UP)) {
        up = isUp(fields[i].substring(UP.length()));
      }
    }
    int weight = OpenioService.weight(fields[3].substring(SCORE.length()));
    return Optional.of(Target.parse(fields[2]).withWeight(up ? weight : 0));
  }

  private static boolean isUp(String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw EntryValue.wrong("tag.up", value, "true or false");
    };
  }
}

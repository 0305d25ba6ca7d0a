package io.lbtk.standard.refresh;

import io.lbtk.api.Target;
import io.lbtk.discovery.Printable;
import io.lbtk.discovery.json.TreeReader;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one service of the list that a proxy of OpenIO SDS gives: {@code
 * {"addr":"127.0.0.1:6010","score":81,"tags":{"tag.up":true}}}, with {@code
 * "scores":{"score.put":81,"score.get":90}} from version 9.0 on. A score of 0, or one that is not
 * set, is weight 0: the service stays, and gets nothing new.
 */
final class OpenioService implements TreeReader.EntryReader {

  private final OpenioScore score;

  OpenioService(OpenioScore score) {
    this.score = score;
  }

  @Override
  public Target read(@Nullable Object service) {
    if (service instanceof Map<?, ?> known && known.get("addr") instanceof String address) {
      boolean up =
          !(known.get("tags") instanceof Map<?, ?> tags) || !"false".equals(tags.get("tag.up"));
      return Target.parse(address).withWeight(up ? weight(String.valueOf(score(known))) : 0);
    }
    throw new IllegalArgumentException("no \"addr\" (expected: a service with one)");
  }

  private @Nullable Object score(Map<?, ?> service) {
    String kind = "score." + score.name().toLowerCase(Locale.ROOT);
    return service.get("scores") instanceof Map<?, ?> scores && scores.containsKey(kind)
        ? scores.get(kind)
        : service.get("score");
  }

  /**
   * The weight that a score says.
   *
   * @throws IllegalArgumentException if it is no number
   */
  static int weight(String score) {
    try {
      return Math.max(0, Math.min(Integer.parseInt(score), Target.MAX_WEIGHT));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "score \"%s\" (expected: a whole number)".formatted(Printable.line(score, 40)), e);
    }
  }
}

package io.lbtk.standard.refresh;

import io.lbtk.api.Target;
import io.lbtk.discovery.json.EntryValue;
import io.lbtk.discovery.json.TreeReader;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one service from the list of an OpenIO SDS proxy: {@code
 * {"addr":"127.0.0.1:6010","score":81,"tags":{"tag.up":true}}}, with {@code
 * "scores":{"score.put":81,"score.get":90}} from version 9.0 on. A score of 0, or one that is not
 * set, is weight 0: the service stays listed, and gets no new connection.
 */
final class OpenioService implements TreeReader.EntryReader {

  private static final int UNSET = -2;
  private static final int MAX_SCORE = 100;

  private final OpenioScore score;

  OpenioService(OpenioScore score) {
    this.score = score;
  }

  @Override
  public Target read(@Nullable Object service) {
    if (!(service instanceof Map<?, ?> known) || !known.containsKey("addr")) {
      throw new IllegalArgumentException("no \"addr\" (expected: a service with one)");
    }
    Target target = Target.parse(EntryValue.text("addr", known.get("addr")));
    Map<?, ?> tags = EntryValue.object("tags", known.get("tags"));
    boolean up = EntryValue.flag("tag.up", tags.get("tag.up"), true);
    int weight = weight(score(known));
    return target.withWeight(up ? weight : 0);
  }

  private @Nullable Object score(Map<?, ?> service) {
    String kind = "score." + score.name().toLowerCase(Locale.ROOT);
    Map<?, ?> scores = EntryValue.object("scores", service.get("scores"));
    return scores.containsKey(kind) ? scores.get(kind) : service.get("score");
  }

  /**
   * Returns the weight for a score: 0 for one that is not set or no longer locked.
   *
   * @throws IllegalArgumentException if it is not a score of OpenIO
   */
  static int weight(@Nullable Object score) {
    return Math.max(0, EntryValue.whole("score", score, UNSET, MAX_SCORE));
  }
}

package io.lbtk.discovery;

import io.lbtk.api.PrintableText;
import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the entries of a list that are not targets. Each is logged once, with its place, for as long
 * as it stays in the list; of many new ones only the first 20, and the number of the others.
 *
 * <p>If a list has more than 1,000 different bad entries, new ones beyond that are recognized by
 * their number only.
 *
 * <p>Not thread-safe.
 */
public final class BadEntries {

  private static final Logger log = LoggerFactory.getLogger(BadEntries.class);

  private static final int MAX_NAMED = 20;
  private static final int MAX_REMEMBERED = 1000;
  private static final int MAX_SHOWN = 100;
  private static final int MAX_PROBLEM = 300;

  private final String source;

  /** Entries of the last list and of this one, each with its number of occurrences. */
  private Map<String, Integer> before = new HashMap<>();

  private Map<String, Integer> now = new HashMap<>();

  /** Number of entries of the last list and of this one that are not in the maps. */
  private int beyondBefore;

  private int beyond;

  private int count;
  private int unknown;
  private String first = "";

  /**
   * Creates a log for one source.
   *
   * @param source the name of the source in the log: {@code refresher.backends: /etc/targets}
   */
  public BadEntries(String source) {
    this.source = source;
  }

  /** Starts a new list. */
  public void begin() {
    Map<String, Integer> old = before;
    before = now;
    now = old;
    now.clear();
    beyondBefore = beyond;
    beyond = 0;
    count = 0;
    unknown = 0;
    first = "";
  }

  /** Starts a change of the last list, whose other entries remain. */
  public void goOn() {
    beyondBefore = 0;
    unknown = 0;
  }

  /**
   * Adds an entry whose place is a number, which shifts with the entries before it: entries are
   * identified by their content, and equal ones by their count.
   *
   * @param place the place of the entry: {@code line 3}
   * @param entry the entry as it is written
   * @param problem the problem, and what was expected
   */
  public void add(String place, String entry, String problem) {
    String shown = PrintableText.of(entry.strip(), MAX_SHOWN);
    add(place, shown, problem, shown, now.getOrDefault(shown, 0) < before.getOrDefault(shown, 0));
  }

  /**
   * Adds an entry whose place has a name, by which it is identified: {@code child web1}, {@code key
   * /services/web/1}. Otherwise as {@link #add}.
   */
  public void addNamed(String place, String entry, String problem) {
    String shown = PrintableText.of(entry.strip(), MAX_SHOWN);
    String identity = place + '\n' + shown;
    add(place, shown, problem, identity, before.containsKey(identity) || now.containsKey(identity));
  }

  private void add(String place, String shown, String problem, String identity, boolean known) {
    String words = PrintableText.of(problem, MAX_PROBLEM);
    if (count++ == 0) {
      first = "%s, \"%s\": %s".formatted(place, shown, words);
    }
    if (now.size() < MAX_REMEMBERED || now.containsKey(identity)) {
      now.merge(identity, 1, Integer::sum);
    } else {
      beyond++;
    }
    if (!known) {
      unknown++;
      if (fresh() > 0 && fresh() <= MAX_NAMED) {
        log.warn("{}, {}: \"{}\" is skipped: {}", source, place, shown, words);
      }
    }
  }

  /**
   * Returns the number of new entries, assuming that those beyond the map before are still there.
   */
  private int fresh() {
    return unknown - beyondBefore;
  }

  /** Ends the list. */
  public void end() {
    if (fresh() > MAX_NAMED) {
      log.warn("{}: {} more entries are skipped", source, fresh() - MAX_NAMED);
    }
  }

  /**
   * Returns the result of a list that has ended: a failure if it has only bad entries, since it was
   * hardly meant to be empty.
   *
   * @param read the name of the source in a failure
   * @param targets the targets of the list
   * @return a snapshot, or a failure
   */
  public Refresh result(String read, List<Target> targets) {
    if (targets.isEmpty() && count > 0) {
      return Refresh.failure(
          "%s: no target in it, but %d that %s; %s"
              .formatted(read, count, count == 1 ? "is none" : "are none", first));
    }
    return Refresh.snapshot(targets);
  }

  /** Returns the number of bad entries in this list. */
  public int count() {
    return count;
  }
}

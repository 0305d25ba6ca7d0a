package io.lbtk.discovery;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entries of a list that are no targets. Each is logged once, with its place, while it stands
 * there; of many that are new at a time the first 20, and the number of the others.
 *
 * <p>Of a list in which more than 1,000 different entries are no targets, those beyond are told
 * from new ones by their number alone.
 *
 * <p>Used by one thread at a time.
 */
public final class BadEntries {

  private static final Logger log = LoggerFactory.getLogger(BadEntries.class);

  private static final int MAX_NAMED = 20;
  private static final int MAX_REMEMBERED = 1000;
  private static final int MAX_SHOWN = 100;
  private static final int MAX_PROBLEM = 300;

  private final String source;

  /** The entries of the last list, and of this one, and how often each stands there. */
  private Map<String, Integer> before = new HashMap<>();

  private Map<String, Integer> now = new HashMap<>();

  /** The numbers of entries of the last list, and of this one, that are not in the maps. */
  private int beyondBefore;

  private int beyond;

  private int count;
  private int unknown;
  private String first = "";

  /**
   * Entries of one source.
   *
   * @param source what is read, for the log: {@code refresher.backends: /etc/targets}
   */
  public BadEntries(String source) {
    this.source = source;
  }

  /** Begins with a list from its start. */
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

  /** Goes on with changes of the last list, whose other entries are still there. */
  public void goOn() {
    beyondBefore = 0;
    unknown = 0;
  }

  /**
   * Notes an entry whose place is a number, which changes with what stands before it: entries are
   * told from each other by what they hold, and those that hold the same by how many there are.
   *
   * @param place where it stands: {@code line 3}
   * @param entry the entry as it stands there
   * @param problem what is wrong with it, and what was expected
   */
  public void add(String place, String entry, String problem) {
    String shown = Printable.line(entry.strip(), MAX_SHOWN);
    add(place, shown, problem, shown, now.getOrDefault(shown, 0) < before.getOrDefault(shown, 0));
  }

  /**
   * Notes an entry whose place has a name of its own, by which it is told from others: {@code child
   * web1}, {@code key /services/web/1}. Otherwise as {@link #add}.
   */
  public void addNamed(String place, String entry, String problem) {
    String shown = Printable.line(entry.strip(), MAX_SHOWN);
    String identity = place + '\n' + shown;
    add(place, shown, problem, identity, before.containsKey(identity) || now.containsKey(identity));
  }

  private void add(String place, String shown, String problem, String identity, boolean known) {
    String words = Printable.line(problem, MAX_PROBLEM);
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
   * Returns how many entries are new, where those that were beyond the map before are still there.
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
   * What a list comes to that has ended: where targets should be and none is, somebody meant
   * something else than an empty list.
   *
   * @param read what was read, for the failure
   * @param targets those beside the bad entries
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

  /** How many there are in this list. */
  public int count() {
    return count;
  }
}

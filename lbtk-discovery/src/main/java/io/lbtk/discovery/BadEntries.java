package io.lbtk.discovery;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands in a list and is no target: named in the log, each once while it stands there.
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
  private Set<String> before = new HashSet<>();
  private Set<String> now = new HashSet<>();
  private int count;
  private int fresh;
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
    Set<String> old = before;
    before = now;
    now = old;
    now.clear();
    count = 0;
    fresh = 0;
    first = "";
  }

  /**
   * Notes an entry.
   *
   * @param place where it stands: {@code line 3}
   * @param entry the entry as it stands there
   * @param problem what is wrong with it, and what was expected
   */
  public void add(String place, String entry, String problem) {
    String shown = Printable.line(entry.strip(), MAX_SHOWN);
    String words = Printable.line(problem, MAX_PROBLEM);
    if (count++ == 0) {
      first = "%s, \"%s\": %s".formatted(place, shown, words);
    }
    boolean known = before.contains(shown) || now.contains(shown);
    if (now.size() < MAX_REMEMBERED) {
      now.add(shown);
    }
    if (!known && fresh++ < MAX_NAMED) {
      log.warn("{}, {}: \"{}\" is skipped: {}", source, place, shown, words);
    }
  }

  /** Ends the list. */
  public void end() {
    if (fresh > MAX_NAMED) {
      log.warn("{}: {} more entries are skipped", source, fresh - MAX_NAMED);
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

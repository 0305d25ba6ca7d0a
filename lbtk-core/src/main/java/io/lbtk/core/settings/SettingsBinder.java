package io.lbtk.core.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sorts entries into sections, and finally reports the unused ones.
 *
 * <pre>{@code
 * Problems problems = new Problems();
 * SettingsBinder binder =
 *     new SettingsBinder(SettingsFile.read(file, problems), System::getenv, problems);
 * for (Section section : binder.sections("proxy")) {
 *   Settings settings = section.bind(provider.options());
 *   …
 * }
 * binder.finish();
 * problems.throwIfAny();
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class SettingsBinder {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");

  private final Problems problems;
  private final Map<String, List<Value>> byKind = new LinkedHashMap<>();
  private final Map<String, List<Section>> asked = new LinkedHashMap<>();

  /**
   * Creates a binder of these entries, and resolves their placeholders.
   *
   * @param environment the lookup of an environment variable, which returns null if there is none
   * @param problems the list to which problems are added
   */
  public SettingsBinder(
      List<Entry> entries, Function<String, @Nullable String> environment, Problems problems) {
    this.problems = problems;
    Placeholders placeholders = new Placeholders(environment);
    for (Entry entry : entries) {
      byKind
          .computeIfAbsent(firstWord(entry.key()), kind -> new ArrayList<>())
          .add(Value.of(entry, placeholders, problems));
    }
  }

  private static String firstWord(String key) {
    int dot = key.indexOf('.');
    return dot < 0 ? key : key.substring(0, dot);
  }

  /** Returns the list for problems that no section can detect. */
  public Problems problems() {
    return problems;
  }

  /** Returns the parts of a kind, {@code kind.name.option}, in the order of the settings. */
  public List<Section> sections(String kind) {
    return asked.computeIfAbsent(kind, this::readSections);
  }

  private List<Section> readSections(String kind) {
    Map<String, Section> sections = new LinkedHashMap<>();
    for (Value value : byKind.getOrDefault(kind, List.of())) {
      String[] words = value.entry().key().split("\\.", 3);
      if (words.length < 3 || !NAME.matcher(words[1]).matches() || words[2].isEmpty()) {
        problems.add(
            value.entry(),
            ": is no key (expected: %s.NAME.OPTION, with a name of letters, digits, - and _)"
                .formatted(kind));
        continue;
      }
      sections
          .computeIfAbsent(words[1], name -> new Section(kind, name, problems))
          .add(words[2], value);
    }
    return List.copyOf(sections.values());
  }

  /** Returns the only part of a kind without names, {@code kind.option}; it may have no value. */
  public Section single(String kind) {
    return asked.computeIfAbsent(kind, this::readSingle).get(0);
  }

  private List<Section> readSingle(String kind) {
    Section section = new Section(kind, "", problems);
    for (Value value : byKind.getOrDefault(kind, List.of())) {
      String key = value.entry().key();
      if (key.length() <= kind.length() + 1) {
        problems.add(value.entry(), ": is no key (expected: %s.OPTION)".formatted(kind));
      } else {
        section.add(key.substring(kind.length() + 1), value);
      }
    }
    return List.of(section);
  }

  /** Reports every kind that was not requested, and every key that matches no option. */
  public void finish() {
    byKind.forEach(
        (kind, values) -> {
          if (!asked.containsKey(kind)) {
            problems.add(
                values.get(0).entry(),
                ": unknown kind \"%s\"%s"
                    .formatted(
                        Problems.printable(kind), Suggestion.forUnknown(kind, asked.keySet())));
          }
        });
    asked.values().forEach(sections -> sections.forEach(Section::finish));
  }

  /**
   * Reports problems of parts that were bound.
   *
   * @param text the message, which begins with the whole name of a part; its location is prepended
   */
  public void problem(String text) {
    subject(text).ifPresentOrElse(section -> section.addLocated(text), () -> problems.add(text));
  }

  /** Returns the text, prefixed with the file and line of the part that it is about. */
  public String located(String text) {
    return subject(text).map(section -> section.located(text)).orElse(text);
  }

  private Optional<Section> subject(String text) {
    return asked.values().stream()
        .flatMap(List::stream)
        .filter(section -> section.isSubjectOf(text))
        .findFirst();
  }

  /**
   * Returns the effective settings, as lines of a properties file: given values as resolved,
   * defaults as comments, secrets hidden. Kinds and parts stand in the order of the settings.
   */
  public List<String> effective() {
    List<String> lines = new ArrayList<>();
    for (String kind : byKind.keySet()) {
      asked.getOrDefault(kind, List.of()).forEach(section -> section.print(lines));
    }
    return lines;
  }
}

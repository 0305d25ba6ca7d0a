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
 * Sorts entries into sections, and in the end reports what nobody asked for.
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
   * Takes the entries, and puts in what their values point to.
   *
   * @param environment gives the value of an environment variable, null if there is none
   * @param problems takes everything that is wrong
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

  /** Where problems go that the sections cannot know. */
  public Problems problems() {
    return problems;
  }

  /** The parts of a kind, {@code kind.name.option}, in the order of the settings. */
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

  /** The one part of a kind that needs no name, {@code kind.option}; perhaps without any value. */
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

  /** Reports every kind that nobody asked for, and every key that no option takes. */
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
   * Reports what is wrong with parts that were read.
   *
   * @param text begins with the whole name of a part; where that stands is put before it
   */
  public void problem(String text) {
    subject(text).ifPresentOrElse(section -> section.addLocated(text), () -> problems.add(text));
  }

  /** The same text, and before it the file and line of the part that it is about. */
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
   * The effective settings, as lines of a properties file: what is given as it counts, defaults as
   * comments, secrets hidden. Kinds and parts stand in the order of the settings.
   */
  public List<String> effective() {
    List<String> lines = new ArrayList<>();
    for (String kind : byKind.keySet()) {
      asked.getOrDefault(kind, List.of()).forEach(section -> section.print(lines));
    }
    return lines;
  }
}

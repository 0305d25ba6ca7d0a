package io.lbtk.redis;

import io.lbtk.api.Target;
import io.lbtk.discovery.Printable;
import io.lbtk.discovery.json.EntryValue;
import io.lettuce.core.api.sync.RedisCommands;

/**
 * A hash. The value of a field is a weight, with the field as {@code host:port}; or what follows
 * {@code host:port} in the text of a target; or the whole text, with any word as the field.
 */
final class HashStructure implements Structure {

  private static final int MAX_SHOWN = 100;

  private final EntryText key;

  HashStructure(String key) {
    this.key = EntryText.of(key);
  }

  @Override
  public void read(RedisCommands<EntryText, EntryText> commands, Entries entries) {
    Entries.expect(commands.hlen(key));
    commands
        .hgetall(key)
        .forEach(
            (field, value) -> {
              if (field.isText()) {
                entries.add(
                    () -> place(field), value, () -> target(field.text(), value.text().strip()));
              } else {
                entries.skip("the field", field, field.problem());
              }
            });
  }

  private static String place(EntryText field) {
    return "field " + Printable.line(field.text(), MAX_SHOWN);
  }

  private static Target target(String field, String value) {
    if (EntryValue.isNumber(value)) {
      return Target.parse(field).withWeight(EntryValue.weight("weight", value));
    }
    return Target.parse(value.isEmpty() || isRest(value) ? field + " " + value : value);
  }

  /** Whether the first word is one that may follow an address; no host has an equals sign. */
  private static boolean isRest(String value) {
    int equals = value.indexOf('=');
    return equals >= 0 && value.substring(0, equals).chars().noneMatch(Character::isWhitespace);
  }
}

package io.lbtk.discovery.json;

/**
 * A number of a JSON document, as it is written there. It is not converted before somebody asks for
 * it: {@code 1e999999999} is a valid number.
 *
 * @param text as it is written
 */
public record JsonNumber(String text) {

  @Override
  public String toString() {
    return text;
  }
}

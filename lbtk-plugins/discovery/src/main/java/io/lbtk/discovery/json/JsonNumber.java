package io.lbtk.discovery.json;

/**
 * A number of a JSON document, as it is written. Converted only on use: {@code 1e999999999} is a
 * valid number.
 *
 * @param text the number as it is written
 */
public record JsonNumber(String text) {

  @Override
  public String toString() {
    return text;
  }
}

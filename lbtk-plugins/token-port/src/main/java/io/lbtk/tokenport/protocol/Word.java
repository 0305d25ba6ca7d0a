package io.lbtk.tokenport.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A word of a line, as bytes of ASCII. Words are equal if they read the same.
 *
 * <p>A word that a reader hands out is a view that lasts for the call: who keeps it, keeps a {@link
 * #copy}.
 */
public final class Word {

  private static final int MAX_DIGITS = 18;

  private byte[] bytes;
  private int start;
  private int length;

  Word(byte[] bytes, int start, int length) {
    this.bytes = bytes;
    this.start = start;
    this.length = length;
  }

  /** A word of its own. */
  public static Word of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return new Word(bytes, 0, bytes.length);
  }

  /** Turns this view to another place. */
  void move(byte[] bytes, int start, int length) {
    this.bytes = bytes;
    this.start = start;
    this.length = length;
  }

  /** The same word, which lasts. */
  public Word copy() {
    return new Word(Arrays.copyOfRange(bytes, start, start + length), 0, length);
  }

  /** How many characters it has. */
  public int length() {
    return length;
  }

  /** The character at a place, counted from 0. */
  public byte byteAt(int index) {
    return bytes[start + index];
  }

  /** Where a character is first found, or -1. */
  int indexOf(char c) {
    for (int i = 0; i < length; i++) {
      if (bytes[start + i] == c) {
        return i;
      }
    }
    return -1;
  }

  /** Whether it begins with these bytes. */
  public boolean startsWith(byte[] prefix) {
    return length >= prefix.length
        && Arrays.equals(bytes, start, start + prefix.length, prefix, 0, prefix.length);
  }

  /** Whether it reads as this text, which is ASCII. */
  public boolean is(String text) {
    if (text.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[start + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The number that it is, in decimal digits and nothing else; -1 if it is none. */
  public long number() {
    if (length == 0 || length > MAX_DIGITS) {
      return -1;
    }
    long number = 0;
    for (int i = start; i < start + length; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }

  /** Appends it. */
  public void writeTo(ByteBuf out) {
    out.writeBytes(bytes, start, length);
  }

  /** What follows the first characters: another view of the same bytes. */
  Word from(int index) {
    return new Word(bytes, start + index, length - index);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Word word
        && Arrays.equals(
            bytes, start, start + length, word.bytes, word.start, word.start + word.length);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = start; i < start + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash;
  }

  @Override
  public String toString() {
    return new String(bytes, start, length, StandardCharsets.US_ASCII);
  }
}

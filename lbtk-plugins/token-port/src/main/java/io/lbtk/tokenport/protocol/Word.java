package io.lbtk.tokenport.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A word of a line, as ASCII bytes. Words are equal if their text is equal.
 *
 * <p>A word that is passed by a reader is a view that is valid for the duration of the call; use
 * {@link #copy} to retain it.
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

  /** Returns a word with the given text. */
  public static Word of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return new Word(bytes, 0, bytes.length);
  }

  /** Moves this view to other bytes. */
  void move(byte[] bytes, int start, int length) {
    this.bytes = bytes;
    this.start = start;
    this.length = length;
  }

  /** Returns a copy that stays valid. */
  public Word copy() {
    return new Word(Arrays.copyOfRange(bytes, start, start + length), 0, length);
  }

  /** Returns the number of characters. */
  public int length() {
    return length;
  }

  /** Returns the character at an index. */
  public byte byteAt(int index) {
    return bytes[start + index];
  }

  /** Returns the index of the first occurrence of a character, or -1. */
  int indexOf(char c) {
    for (int i = 0; i < length; i++) {
      if (bytes[start + i] == c) {
        return i;
      }
    }
    return -1;
  }

  /** Returns whether this word starts with a prefix. */
  public boolean startsWith(byte[] prefix) {
    return length >= prefix.length
        && Arrays.equals(bytes, start, start + prefix.length, prefix, 0, prefix.length);
  }

  /** Returns whether this word equals an ASCII text. */
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

  /** Returns this word as a non-negative decimal number, or -1 if it is not one. */
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

  /** Appends this word to a buffer. */
  public void writeTo(ByteBuf out) {
    out.writeBytes(bytes, start, length);
  }

  /** Returns another view of the same bytes, from an index on. */
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

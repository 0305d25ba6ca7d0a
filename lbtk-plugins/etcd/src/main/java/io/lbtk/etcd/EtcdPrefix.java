package io.lbtk.etcd;

import com.google.protobuf.ByteString;
import io.lbtk.api.Target;

/**
 * What the keys of one service start with. One that ends in a letter or a digit stands for the
 * folder of that name, and gets a slash: {@code /services/web} is not to take in {@code
 * /services/web2}.
 *
 * @param text in full, never empty
 */
record EtcdPrefix(String text) {

  EtcdPrefix {
    if (text.isBlank()) {
      throw new IllegalArgumentException("no prefix (expected: one such as /services/web/)");
    }
    if (Character.isLetterOrDigit(text.codePointBefore(text.length()))) {
      text += "/";
    }
  }

  /** The first key there can be. */
  ByteString start() {
    return ByteString.copyFromUtf8(text);
  }

  /** The first key behind all there can be. */
  ByteString end() {
    ByteString start = start();
    // The last byte of UTF-8 is never the largest, so it has a next one.
    int last = start.size() - 1;
    byte[] next = {(byte) (start.byteAt(last) + 1)};
    return start.substring(0, last).concat(ByteString.copyFrom(next));
  }

  /** Where a registrar puts a target. */
  ByteString key(Target target) {
    return ByteString.copyFromUtf8(text + target.hostPort());
  }

  @Override
  public String toString() {
    return text;
  }
}

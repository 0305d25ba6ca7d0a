package io.lbtk.etcd;

import com.google.protobuf.ByteString;
import io.lbtk.api.Target;

/**
 * The common prefix of the keys of one service. A slash is appended if it ends in a letter or a
 * digit, so that {@code /services/web} does not match {@code /services/web2}.
 *
 * @param text the whole prefix; never empty
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

  /** Returns the first possible key, inclusive. */
  ByteString start() {
    return ByteString.copyFromUtf8(text);
  }

  /** Returns the end of the range of possible keys, exclusive. */
  ByteString end() {
    ByteString start = start();
    // The last byte in UTF-8 is never 0xff, so it can be incremented.
    int last = start.size() - 1;
    byte[] next = {(byte) (start.byteAt(last) + 1)};
    return start.substring(0, last).concat(ByteString.copyFrom(next));
  }

  /** Returns the key under which a registrar writes a target. */
  ByteString key(Target target) {
    return ByteString.copyFromUtf8(text + target.hostPort());
  }

  @Override
  public String toString() {
    return text;
  }
}

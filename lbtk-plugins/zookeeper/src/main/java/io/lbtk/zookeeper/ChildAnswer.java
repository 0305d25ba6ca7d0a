package io.lbtk.zookeeper;

import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/** The answer of a server for one child. */
final class ChildAnswer {

  private static final byte[] NONE = {};

  private final String name;
  private final Code code;
  private final byte[] data;
  private final int length;

  private ChildAnswer(String name, int code, byte[] data, int length) {
    this.name = name;
    this.code = Code.get(code);
    this.data = data;
    this.length = length;
  }

  /** Returns an answer without data. */
  static ChildAnswer of(String name, int code, @Nullable Stat stat) {
    return new ChildAnswer(name, code, NONE, stat == null ? 0 : stat.getDataLength());
  }

  /** Returns an answer from one of the results of a request for several children. */
  static ChildAnswer of(String name, OpResult result) {
    if (result instanceof OpResult.GetDataResult read) {
      byte[] data = read.getData() == null ? NONE : read.getData();
      return new ChildAnswer(name, Code.OK.intValue(), data, data.length);
    }
    int code =
        result instanceof OpResult.ErrorResult error
            ? error.getErr()
            : Code.MARSHALLINGERROR.intValue();
    return new ChildAnswer(name, code, NONE, 0);
  }

  String name() {
    return name;
  }

  /** Returns OK, NONODE for a removed child, or NOAUTH for one that may not be read. */
  Code code() {
    return code;
  }

  /** Returns the data; empty if it was not requested. */
  byte[] data() {
    return data;
  }

  /** Returns the size of the data in bytes, requested or not. */
  int length() {
    return length;
  }
}

package io.lbtk.etcd;

import org.jspecify.annotations.Nullable;

/** A call of etcd came to nothing: says which server, and why, in words for people. */
final class EtcdException extends Exception {

  private static final long serialVersionUID = 1L;

  EtcdException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

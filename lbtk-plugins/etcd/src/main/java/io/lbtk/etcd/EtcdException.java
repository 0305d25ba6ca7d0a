package io.lbtk.etcd;

/** A call of etcd came to nothing: says which server, and why, in words for people. */
final class EtcdException extends Exception {

  private static final long serialVersionUID = 1L;

  EtcdException(String message, Throwable cause) {
    super(message, cause);
  }
}

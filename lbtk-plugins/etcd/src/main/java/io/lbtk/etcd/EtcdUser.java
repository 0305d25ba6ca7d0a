package io.lbtk.etcd;

/** Credentials of a user of etcd. */
record EtcdUser(String name, String password) {

  /** Returns the name, without the password. */
  @Override
  public String toString() {
    return name;
  }
}

package io.lbtk.etcd;

/** As whom etcd is asked. */
record EtcdUser(String name, String password) {

  /** Without the password. */
  @Override
  public String toString() {
    return name;
  }
}

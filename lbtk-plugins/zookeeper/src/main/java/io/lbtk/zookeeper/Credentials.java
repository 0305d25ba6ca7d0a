package io.lbtk.zookeeper;

/** Who one is, for digest authentication. */
record Credentials(String user, String password) {

  /** As the servers read them. */
  String digest() {
    return user + ":" + password;
  }

  /** Without the password. */
  @Override
  public String toString() {
    return user;
  }
}

package io.lbtk.zookeeper;

/** User and password for digest authentication. */
record Credentials(String user, String password) {

  /** Returns the form that the servers expect. */
  String digest() {
    return user + ":" + password;
  }

  /** Returns the user, without the password. */
  @Override
  public String toString() {
    return user;
  }
}

package io.lbtk.proxy;

/** The use of TLS with targets. */
enum TargetTls {
  OFF,
  ON
}

package io.lbtk.proxy;

/** Whether targets are spoken to by TLS. */
enum TargetTls {
  OFF,
  ON
}

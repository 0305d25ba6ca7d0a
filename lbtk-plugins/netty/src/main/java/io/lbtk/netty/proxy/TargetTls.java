package io.lbtk.netty.proxy;

/** Whether targets are spoken to by TLS. */
enum TargetTls {
  OFF,
  ON
}

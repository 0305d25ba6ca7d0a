package io.lbtk.dns;

/** Which records of a name say where the targets are. */
public enum RecordType {
  /** SRV (RFC 2782): host, port, weight and priority. */
  SRV,
  /** A and AAAA: addresses, to which a port is added. */
  A
}

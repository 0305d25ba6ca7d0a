package io.lbtk.kubernetes;

/** Type of the addresses of an EndpointSlice: its {@code addressType}. */
public enum AddressType {
  /** IPv4 addresses. */
  IPV4("IPv4"),
  /** IPv6 addresses. */
  IPV6("IPv6"),
  /** Host names. */
  FQDN("FQDN");

  private final String word;

  AddressType(String word) {
    this.word = word;
  }

  /** Returns the value in an EndpointSlice. */
  String word() {
    return word;
  }
}

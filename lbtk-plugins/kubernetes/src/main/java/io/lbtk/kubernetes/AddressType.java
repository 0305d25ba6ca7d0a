package io.lbtk.kubernetes;

/** What the addresses of an EndpointSlice are: its {@code addressType}. */
public enum AddressType {
  /** Addresses of IPv4. */
  IPV4("IPv4"),
  /** Addresses of IPv6. */
  IPV6("IPv6"),
  /** Names of hosts. */
  FQDN("FQDN");

  private final String word;

  AddressType(String word) {
    this.word = word;
  }

  /** The word for it in an EndpointSlice. */
  String word() {
    return word;
  }
}

package io.lbtk.netty.proxy;

/** What a proxy puts into its demands as the key, for policies that hash. */
public enum DemandKey {
  /** No key. */
  NONE,
  /** The IP address of the client: as a header of the PROXY protocol says, where one is read. */
  CLIENT_ADDRESS
}

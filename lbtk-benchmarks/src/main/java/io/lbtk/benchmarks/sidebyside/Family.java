package io.lbtk.benchmarks.sidebyside;

/** Whose a peer is, and how it is set up. */
enum Family {
  /** No proxy at all. */
  DIRECT("#9aa0a6"),
  /** As its documentation suggests: {@code option splice-auto}. */
  HAPROXY("#4c78a8"),
  /** At its strongest: every byte is spliced, through pipes of 1 MiB. */
  HAPROXY_STRONGEST("#1f4e79"),
  NGINX("#54a24b"),
  LBTK_SPLICE("#e45756"),
  LBTK_NIO("#f2a39b");

  private final String colour;

  Family(String colour) {
    this.colour = colour;
  }

  /** For plots, as in SVG. */
  String colour() {
    return colour;
  }

  boolean isHaproxy() {
    return this == HAPROXY || this == HAPROXY_STRONGEST;
  }
}

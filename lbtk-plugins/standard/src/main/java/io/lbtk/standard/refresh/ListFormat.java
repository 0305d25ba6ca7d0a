package io.lbtk.standard.refresh;

/** How a list of targets is written. */
public enum ListFormat {
  /** JSON if the first character says so, else text. */
  AUTO,
  /** A target a line: {@code host:port}, then {@code key=value}; {@code #} starts a comment. */
  TEXT,
  /**
   * The {@code file_sd} format of Prometheus, {@code [{"targets":["host:port"],"labels":{…}}]}, or
   * {@code {"targets":[{"host":"…","port":80,"weight":2}]}}.
   */
  JSON,
  /** What {@code oio-cluster -r NAMESPACE} of OpenIO SDS prints; scores become weights. */
  OIO_CLUSTER
}

package io.lbtk.standard.refresh;

/** Format of a list of targets. */
public enum ListFormat {
  /** JSON or text, by the first character. */
  AUTO,
  /** One target per line: {@code host:port}, then {@code key=value}; {@code #} starts a comment. */
  TEXT,
  /**
   * The {@code file_sd} format of Prometheus, {@code [{"targets":["host:port"],"labels":{…}}]}, or
   * {@code {"targets":[{"host":"…","port":80,"weight":2}]}}.
   */
  JSON,
  /** Output of {@code oio-cluster -r NAMESPACE} of OpenIO SDS; scores become weights. */
  OIO_CLUSTER
}

package io.lbtk.standard.refresh;

/** Score of an OpenIO service that becomes its weight. */
public enum OpenioScore {
  /** The general score, which every version has. */
  SCORE,
  /** The score for writing, from version 9.0 on; the general score before. */
  PUT,
  /** The score for reading, from version 9.0 on; the general score before. */
  GET
}

package io.lbtk.standard.refresh;

/** Which score of a service of OpenIO becomes its weight. */
public enum OpenioScore {
  /** The general one, which every version has. */
  SCORE,
  /** That for writing, from version 9.0 on; the general one before. */
  PUT,
  /** That for reading, from version 9.0 on; the general one before. */
  GET
}

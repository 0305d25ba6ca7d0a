package io.lbtk.discovery;

import io.lbtk.api.Refresh;

/** Reads documents that have one list of targets each. Not thread-safe. */
public interface DocumentReader {

  /**
   * Reads a document.
   *
   * @return a snapshot, or a failure if the document is malformed as a whole
   */
  Refresh read(byte[] document);
}

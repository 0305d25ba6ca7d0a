package io.lbtk.discovery;

import io.lbtk.api.Refresh;

/** Reads documents that hold one list of targets each. Used by one thread at a time. */
public interface DocumentReader {

  /** Reads a document: gives a snapshot, or a failure if it is malformed as a whole. */
  Refresh read(byte[] document);
}

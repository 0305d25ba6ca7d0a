package io.lbtk.discovery.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.util.regex.Pattern;

/** Limits for JSON from outside. */
final class Limits {

  private static final int MAX_DEPTH = 32;
  private static final int MAX_TEXT = 64 * 1024;

  static final int MAX_SHOWN = 200;

  static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_TEXT)
                  .maxNameLength(1024)
                  .maxNumberLength(64)
                  .build())
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  /** Matches the parser's mention of a source that it does not show. */
  static final Pattern SOURCE = Pattern.compile(" \\([^()]*\\[Source: [^\\]]*]\\)");

  private Limits() {}
}

package io.lbtk.net.tls;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What does not fit together in settings, before any file is read. */
final class TlsProblems {

  private TlsProblems() {}

  /** Each problem, in words for the operator; the caller may add others. */
  static List<String> of(TlsSettings settings) {
    List<String> problems = new ArrayList<>();
    pair(problems, "tls.certificate", settings.certificate(), "tls.key", settings.key());
    pair(
        problems,
        "tls.target-certificate",
        settings.targetCertificate(),
        "tls.target-key",
        settings.targetKey());
    if (settings.certificate() == null && settings.key() == null) {
      needs(problems, settings.clientCa(), "tls.certificate and tls.key");
    }
    if (!settings.targets()) {
      needs(problems, settings.targetCa(), "tls.targets = on");
      needs(problems, settings.targetCertificate(), "tls.targets = on");
      if (settings.targetName() != null) {
        needs(problems, "tls.target-name = " + settings.targetName(), "tls.targets = on");
      }
    }
    return problems;
  }

  private static void pair(
      List<String> problems,
      String first,
      @Nullable Object firstFile,
      String second,
      @Nullable Object secondFile) {
    if (secondFile == null) {
      needs(problems, firstFile, second);
    } else if (firstFile == null) {
      needs(problems, secondFile, first);
    }
  }

  private static void needs(List<String> problems, @Nullable Object given, String missing) {
    if (given != null) {
      problems.add("%s: stands alone (expected: %s, too)".formatted(given, missing));
    }
  }
}

package io.lbtk.net.tls;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The content of a PEM file (RFC 7468) at one time: certificates, a private key, or both. Contents
 * are equal if the file has not changed in between.
 *
 * @param file the file
 * @param text the whole text
 * @param problem the reason why the file could not be read, or null
 */
record PemContent(PemFile file, String text, @Nullable String problem) {

  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----");
  private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

  /** Returns the content of a file that was read. */
  static PemContent of(PemFile file, String text) {
    return new PemContent(file, text, null);
  }

  /** Returns the content of a file that could not be read. */
  static PemContent unreadable(PemFile file, String problem) {
    return new PemContent(file, "", problem);
  }

  /** Returns all certificates in file order; at least one. */
  List<X509Certificate> certificates() throws TlsException {
    List<X509Certificate> found = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Block block : blocks()) {
        if (block.label.equals("CERTIFICATE")) {
          found.add(
              (X509Certificate)
                  factory.generateCertificate(new ByteArrayInputStream(decode(block))));
        }
      }
    } catch (CertificateException e) {
      throw problem("holds a broken certificate: " + e.getMessage());
    }
    if (found.isEmpty()) {
      throw problem("holds no certificate (expected: -----BEGIN CERTIFICATE-----)");
    }
    return found;
  }

  /** Returns the first private key. */
  PrivateKey key() throws TlsException {
    for (Block block : blocks()) {
      if (block.label.equals("PRIVATE KEY")) {
        return decodeKey(decode(block));
      }
      if (block.label.equals("ENCRYPTED PRIVATE KEY")) {
        throw problem("is encrypted (expected: a private key without a passphrase)");
      }
      if (block.label.endsWith(" PRIVATE KEY")) {
        throw problem(
            "holds -----BEGIN %s----- (expected: PKCS #8, as by openssl pkcs8 -topk8 -nocrypt)"
                .formatted(block.label));
      }
    }
    throw problem("holds no private key (expected: -----BEGIN PRIVATE KEY-----)");
  }

  private PrivateKey decodeKey(byte[] bytes) throws TlsException {
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
      } catch (GeneralSecurityException e) {
        // Not a key of this algorithm.
      }
    }
    throw problem("holds a broken private key (expected: one of " + KEY_ALGORITHMS + ")");
  }

  /**
   * Returns all blocks. Rejects a truncated block, since the file may be in the middle of a write.
   */
  private List<Block> blocks() throws TlsException {
    if (problem != null) {
      throw problem(problem);
    }
    List<Block> blocks = new ArrayList<>();
    Matcher begin = BEGIN.matcher(text);
    int at = 0;
    while (begin.find(at)) {
      String label = begin.group(1);
      String end = "-----END %s-----".formatted(label);
      int until = text.indexOf(end, begin.end());
      if (until < 0) {
        throw problem("is cut off (expected: %s)".formatted(end));
      }
      blocks.add(new Block(label, text.substring(begin.end(), until)));
      at = until + end.length();
    }
    return blocks;
  }

  private byte[] decode(Block block) throws TlsException {
    try {
      return Base64.getMimeDecoder().decode(block.base64);
    } catch (IllegalArgumentException e) {
      throw problem("holds a %s that is not base64".formatted(block.label));
    }
  }

  private TlsException problem(String what) {
    return new TlsException(file + ": " + what);
  }

  /** Returns the name of the file without the text, which may contain a key. */
  @Override
  public String toString() {
    return file.toString();
  }

  private record Block(String label, String base64) {}
}

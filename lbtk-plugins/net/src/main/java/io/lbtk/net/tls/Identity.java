package io.lbtk.net.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Who one end is: a certificate, with those that lead to its authority, and its private key.
 *
 * @param chain its own certificate first
 */
record Identity(List<X509Certificate> chain, PrivateKey key) {

  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

  /** Reads both, and finds what is wrong with either. */
  static Identity of(PemContent certificate, PemContent key) throws TlsException {
    List<String> problems = new ArrayList<>();
    List<X509Certificate> chain = List.of();
    PrivateKey privateKey = null;
    try {
      chain = certificate.certificates();
    } catch (TlsException e) {
      problems.addAll(e.problems());
    }
    try {
      privateKey = key.key();
    } catch (TlsException e) {
      problems.addAll(e.problems());
    }
    if (chain.isEmpty() || privateKey == null) {
      throw new TlsException(problems);
    }
    if (!belongTogether(privateKey, chain.get(0).getPublicKey())) {
      throw new TlsException(
          "%s: is not the key of the first certificate in %s"
              .formatted(key.file(), certificate.file()));
    }
    return new Identity(chain, privateKey);
  }

  private static boolean belongTogether(PrivateKey key, PublicKey certified) {
    String algorithm = SIGNATURES.get(key.getAlgorithm());
    if (algorithm == null) {
      return true;
    }
    try {
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update((byte) 1);
      byte[] signature = signing.sign();
      Signature verifying = Signature.getInstance(algorithm);
      verifying.initVerify(certified);
      verifying.update((byte) 1);
      return verifying.verify(signature);
    } catch (GeneralSecurityException e) {
      // A key of another kind.
      return false;
    }
  }

  X509Certificate certificate() {
    return chain.get(0);
  }

  X509Certificate[] path() {
    return chain.toArray(new X509Certificate[0]);
  }
}

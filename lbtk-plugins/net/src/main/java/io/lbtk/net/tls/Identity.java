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
 * The identity of one end: a certificate chain and its private key.
 *
 * @param chain the certificate chain, the end's own certificate first
 * @param key the private key of the first certificate
 */
record Identity(List<X509Certificate> chain, PrivateKey key) {

  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

  /**
   * Reads the certificates and the key.
   *
   * @throws TlsException with the problems of both
   */
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
    if (!match(privateKey, chain.get(0).getPublicKey())) {
      throw new TlsException(
          "%s: is not the key of the first certificate in %s"
              .formatted(key.file(), certificate.file()));
    }
    return new Identity(chain, privateKey);
  }

  private static boolean match(PrivateKey key, PublicKey certified) {
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
      // The key is of another algorithm.
      return false;
    }
  }

  /** Returns the end's own certificate. */
  X509Certificate certificate() {
    return chain.get(0);
  }

  /** Returns the chain as an array. */
  X509Certificate[] path() {
    return chain.toArray(new X509Certificate[0]);
  }
}

package io.lbtk.core.tls;

import io.lbtk.api.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The authorities that are trusted to say who a server is: certificates in a PEM file. */
public final class Authorities {

  private final Path pem;
  private final KeyStore store;

  private Authorities(Path pem, KeyStore store) {
    this.pem = pem;
    this.store = store;
  }

  /**
   * Reads a file of certificates.
   *
   * @throws SettingsException if it cannot be read, or holds none; the message names the file
   */
  public static Authorities of(Path pem) {
    try (InputStream in = Files.newInputStream(pem)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      for (Certificate certificate : certificates) {
        store.setCertificateEntry("authority-" + store.size(), certificate);
      }
      if (certificates.isEmpty()) {
        throw new SettingsException(pem + " holds no certificate (expected: a PEM file of some)");
      }
      return new Authorities(pem, store);
    } catch (NoSuchFileException e) {
      throw new SettingsException(pem + " does not exist (expected: a PEM file of certificates)");
    } catch (CertificateException e) {
      throw new SettingsException(
          "%s cannot be read as certificates (expected: a PEM file of some)".formatted(pem));
    } catch (IOException | GeneralSecurityException e) {
      throw new SettingsException("%s cannot be read: %s".formatted(pem, e.getMessage()));
    }
  }

  /** A context for clients that trusts these alone. */
  public SSLContext sslContext() {
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no TLS that trusts " + pem, e);
    }
  }
}

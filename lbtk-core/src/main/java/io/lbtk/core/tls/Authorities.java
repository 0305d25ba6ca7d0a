package io.lbtk.core.tls;

import io.lbtk.api.SettingsException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trusted certificate authorities, from a PEM file. The file is read again for each handshake,
 * so that it can be replaced at any time, as Kubernetes does with mounted files; while it cannot be
 * read, or holds no certificate, the last ones are trusted.
 *
 * <p>Thread-safe.
 */
public final class Authorities {

  private static final Logger log = LoggerFactory.getLogger(Authorities.class);

  private final Path pem;
  private byte[] content;
  private X509ExtendedTrustManager trust;
  private String problem = "";

  private Authorities(Path pem, byte[] content) {
    this.pem = pem;
    this.content = content;
    this.trust = trust(pem, content);
  }

  /**
   * Reads a file of certificates.
   *
   * @throws SettingsException if it cannot be read, or holds none; the message names the file
   */
  public static Authorities of(Path pem) {
    return new Authorities(pem, content(pem));
  }

  private static byte[] content(Path pem) {
    try {
      return Files.readAllBytes(pem);
    } catch (NoSuchFileException e) {
      throw new SettingsException(pem + " does not exist (expected: a PEM file of certificates)");
    } catch (IOException e) {
      throw new SettingsException("%s cannot be read: %s".formatted(pem, e.getMessage()));
    }
  }

  private static X509ExtendedTrustManager trust(Path pem, byte[] content) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(content));
      for (Certificate certificate : certificates) {
        store.setCertificateEntry("authority-" + store.size(), certificate);
      }
      if (certificates.isEmpty()) {
        throw new SettingsException(pem + " holds no certificate (expected: a PEM file of some)");
      }
      return trust(store);
    } catch (CertificateException e) {
      throw new SettingsException(
          "%s cannot be read as certificates (expected: a PEM file of some)".formatted(pem));
    } catch (IOException | GeneralSecurityException e) {
      throw new SettingsException("%s cannot be read: %s".formatted(pem, e.getMessage()));
    }
  }

  private static X509ExtendedTrustManager trust(KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(X509ExtendedTrustManager.class::cast)
        .findFirst()
        .orElseThrow(() -> new GeneralSecurityException("no trust manager of X.509"));
  }

  /** Returns a context for clients that trusts only the current content of the file. */
  public SSLContext sslContext() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Current()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no TLS that trusts " + pem, e);
    }
  }

  private synchronized X509ExtendedTrustManager current() {
    try {
      byte[] now = content(pem);
      if (!Arrays.equals(now, content)) {
        trust = trust(pem, now);
        content = now;
        log.info("{} has changed and is read again", pem);
      }
      problem = "";
    } catch (SettingsException e) {
      String words = String.valueOf(e.getMessage());
      if (!words.equals(problem)) {
        log.warn("{}; those that it held last are trusted", words);
      }
      problem = words;
    }
    return trust;
  }

  /** Delegates to a trust manager of the current content of the file. */
  private final class Current extends X509ExtendedTrustManager {

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      current().checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      current().checkServerTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      current().checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      current().checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      current().checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      current().checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return current().getAcceptedIssuers();
    }
  }
}

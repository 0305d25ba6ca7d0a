package io.lbtk.proxy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** An authority, the certificates that it signs, and the files that they stand in. */
final class Pki {

  private final Path folder;
  private final X509Bundle authority;

  /** An authority of its own, whose files go to the folder. */
  Pki(Path folder, String name) {
    this.folder = folder;
    try {
      this.authority =
          new CertificateBuilder()
              .ecp256()
              .subject("CN=" + name)
              .setIsCertificateAuthority(true)
              .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A certificate that is valid today, for these names and addresses. */
  X509Bundle issue(String... names) {
    return issue(Instant.now().plus(Duration.ofDays(2)), names);
  }

  X509Bundle issue(Instant until, String... names) {
    CertificateBuilder builder =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=" + names[0])
            .notBefore(Instant.now().minus(Duration.ofDays(10)))
            .notAfter(until);
    for (String name : names) {
      if (Character.isDigit(name.charAt(0))) {
        builder.addSanIpAddress(name);
      } else {
        builder.addSanDnsName(name);
      }
    }
    try {
      return builder.buildIssuedBy(authority);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The file of the authority's own certificate. */
  Path authority() {
    return write(
        "ca-" + authority.getCertificate().getSerialNumber(), authority.getCertificatePEM());
  }

  Path certificate(String file, X509Bundle bundle) {
    return write(file, bundle.getCertificatePathPEM());
  }

  Path key(String file, X509Bundle bundle) {
    return write(file, bundle.getPrivateKeyPEM());
  }

  /** Puts a file in the place of another at once. */
  Path write(String file, String text) {
    try {
      Path next = Files.writeString(folder.resolve(file + ".next"), text);
      return Files.move(
          next,
          folder.resolve(file),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What trusts this authority, and shows nothing. */
  SSLContext trusting() {
    return context(new KeyManager[0]);
  }

  /** What trusts this authority, and shows this. */
  SSLContext showing(X509Bundle bundle) {
    try {
      return context(bundle.toKeyManagerFactory().getKeyManagers());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private SSLContext context(KeyManager[] keys) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, new TrustManager[] {authority.toTrustManager()}, null);
      return context;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

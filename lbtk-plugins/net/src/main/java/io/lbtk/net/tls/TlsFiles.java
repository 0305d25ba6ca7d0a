package io.lbtk.net.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The files of one TLS context.
 *
 * @param side the server side, towards clients, or the client side, towards targets
 * @param certificate the own certificate chain, or null
 * @param key the key of the certificate, or null
 * @param authorities the authorities for the certificate of the other end; null requests no
 *     certificate on the server side, and trusts the authorities of the JDK on the client side
 */
record TlsFiles(
    Side side,
    @Nullable PemFile certificate,
    @Nullable PemFile key,
    @Nullable PemFile authorities) {

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  /** The side of the connection. */
  enum Side {
    SERVER,
    CLIENT
  }

  /** Reads all files; blocks. */
  List<PemContent> read() {
    return Stream.of(certificate, key, authorities)
        .filter(file -> file != null)
        .map(PemFile::read)
        .toList();
  }

  /** A context and the identity that it presents. */
  record Built(SslContext context, @Nullable Identity identity) {}

  /**
   * Builds a context.
   *
   * @param contents the contents of the files, from {@link #read}
   */
  Built build(List<PemContent> contents) throws TlsException {
    List<String> problems = new ArrayList<>();
    Identity identity = null;
    List<X509Certificate> trusted = List.of();
    try {
      if (certificate != null && key != null) {
        identity = Identity.of(find(certificate, contents), find(key, contents));
      }
    } catch (TlsException e) {
      problems.addAll(e.problems());
    }
    try {
      if (authorities != null) {
        trusted = find(authorities, contents).certificates();
      }
    } catch (TlsException e) {
      problems.addAll(e.problems());
    }
    if (!problems.isEmpty()) {
      throw new TlsException(problems);
    }
    try {
      return new Built(context(identity, trusted), identity);
    } catch (SSLException | IllegalArgumentException e) {
      throw new TlsException("%s: cannot be used for TLS: %s".formatted(contents, e));
    }
  }

  private static PemContent find(PemFile file, List<PemContent> contents) throws TlsException {
    return contents.stream()
        .filter(content -> content.file().equals(file))
        .findFirst()
        .orElseThrow(() -> new TlsException(file + ": was not read"));
  }

  private SslContext context(@Nullable Identity identity, List<X509Certificate> trusted)
      throws SSLException {
    SslContextBuilder builder;
    if (side == Side.CLIENT) {
      builder = SslContextBuilder.forClient().endpointIdentificationAlgorithm("HTTPS");
      if (identity != null) {
        builder.keyManager(identity.key(), identity.path());
      }
    } else if (identity != null) {
      builder = SslContextBuilder.forServer(identity.key(), identity.path());
      if (authorities != null) {
        builder.clientAuth(ClientAuth.REQUIRE);
      }
    } else {
      throw new IllegalArgumentException("a server needs a certificate");
    }
    if (authorities != null) {
      builder.trustManager(trusted.toArray(new X509Certificate[0]));
    }
    return builder.sslProvider(SslProvider.JDK).protocols(PROTOCOLS).build();
  }
}

package io.lbtk.proxy;

import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.net.tls.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The TLS options of TCP proxies that support it. */
final class TlsOptions {

  /** The use of TLS with targets. */
  enum TargetTls {
    OFF,
    ON
  }

  static final Option<Path> CERTIFICATE =
      Option.path("tls.certificate")
          .doc(
              "TLS with clients: a PEM file with the certificate, then those that lead to its"
                  + " authority. Read again when it changes. Default: none, and TLS goes through"
                  + " unread.");

  static final Option<Path> KEY =
      Option.path("tls.key")
          .doc("The private key of that certificate: PEM, PKCS #8, without a passphrase.");

  static final Option<Path> CLIENT_CA =
      Option.path("tls.client-ca")
          .doc(
              "A PEM file with authorities: a client must show a certificate that one of them has"
                  + " signed. Default: it shows none.");

  static final Option<Duration> HANDSHAKE_TIMEOUT =
      ProxyOptions.positive("tls.handshake-timeout", Duration.ofSeconds(5))
          .doc("Longest time of the handshake of a client; no token is taken before it is done.");

  static final Option<TargetTls> TARGETS =
      Option.choice("tls.targets", TargetTls.class)
          .orElse(TargetTls.OFF)
          .doc(
              "Whether targets are spoken to by TLS. Their certificates are verified; a handshake"
                  + " that fails is a connection that was refused.");

  static final Option<Path> TARGET_CA =
      Option.path("tls.target-ca")
          .doc(
              "A PEM file with authorities, one of which must have signed the certificate of a"
                  + " target. Default: those of the JDK.");

  static final Option<String> TARGET_NAME =
      Option.string("tls.target-name")
          .check(name -> !name.isBlank(), "a host name")
          .doc(
              "The name that is sent to targets, and that the certificate of each must have."
                  + " Default: the host of the target.");

  static final Option<Path> TARGET_CERTIFICATE =
      Option.path("tls.target-certificate")
          .doc("A PEM file with the certificate for targets that ask for one.");

  static final Option<Path> TARGET_KEY =
      Option.path("tls.target-key").doc("The private key of that certificate, as tls.key.");

  private static final List<Option<?>> ALL =
      List.of(
          CERTIFICATE,
          KEY,
          CLIENT_CA,
          HANDSHAKE_TIMEOUT,
          TARGETS,
          TARGET_CA,
          TARGET_NAME,
          TARGET_CERTIFICATE,
          TARGET_KEY);

  private TlsOptions() {}

  /** Returns the other options, followed by those of TLS. */
  static List<Option<?>> withAll(List<Option<?>> others) {
    return Stream.of(others, ALL).<Option<?>>flatMap(List::stream).toList();
  }

  /** Returns the TLS settings, if there are any. */
  static Optional<TlsSettings> find(Settings settings, Context context) {
    if (ALL.stream().noneMatch(settings::isSet)) {
      return Optional.empty();
    }
    TlsSettings.Builder tls =
        TlsSettings.builder()
            .handshakeTimeout(settings.get(HANDSHAKE_TIMEOUT))
            .targets(settings.get(TARGETS) == TargetTls.ON)
            .scheduler(context.scheduler());
    settings.find(CERTIFICATE).ifPresent(tls::certificate);
    settings.find(KEY).ifPresent(tls::key);
    settings.find(CLIENT_CA).ifPresent(tls::clientCa);
    settings.find(TARGET_CA).ifPresent(tls::targetCa);
    settings.find(TARGET_NAME).ifPresent(tls::targetName);
    settings.find(TARGET_CERTIFICATE).ifPresent(tls::targetCertificate);
    settings.find(TARGET_KEY).ifPresent(tls::targetKey);
    return Optional.of(tls.build());
  }
}

package io.lbtk.discovery.http;

import io.lbtk.api.SettingsException;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.core.tls.Authorities;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * What the builders of refreshers that ask a URL have in common.
 *
 * @param <B> the builder
 */
public abstract class UrlBuilder<B extends UrlBuilder<B>> extends PolledRefresher.Builder<B> {

  private final URI url;
  private final HttpCalls.Builder calls = HttpCalls.builder();
  private Duration timeout = HttpOptions.TIMEOUT.defaultValue().orElseThrow();

  /**
   * A builder.
   *
   * @param type the name in the log, unless another is given
   * @throws IllegalArgumentException if the URL is none of http or https, has no host, or a user
   */
  protected UrlBuilder(String type, URI url) {
    super(type);
    if (!HttpCalls.isUrl(url)) {
      throw new IllegalArgumentException(
          "%s (expected: %s)".formatted(HttpCalls.shown(url), HttpCalls.EXPECTED));
    }
    this.url = url;
  }

  /** The URL. */
  protected final URI url() {
    return url;
  }

  /** How long an answer may take. */
  protected final Duration timeout() {
    return timeout;
  }

  /** Calls with the headers and the limits of this builder; the source closes them. */
  protected final HttpCalls calls() {
    return calls.build();
  }

  /**
   * Sends a header with every request.
   *
   * @throws IllegalArgumentException if it cannot be one
   */
  public final B header(String name, String value) {
    return header(name, () -> value);
  }

  /**
   * Sends a header with every request, whose value may change.
   *
   * @param value asked for with each request
   * @throws IllegalArgumentException if it cannot be one now
   */
  public final B header(String name, Supplier<String> value) {
    calls.header(name, value);
    return self();
  }

  /**
   * How long an answer may take, to its last byte; 10 seconds by default.
   *
   * @throws IllegalArgumentException if it is not more than 0
   */
  public final B timeout(Duration timeout) {
    this.timeout = positive("timeout", timeout);
    return self();
  }

  /**
   * An answer with more bytes is refused; 64 MiB by default.
   *
   * @throws IllegalArgumentException if it is not 1 byte to 1 GiB
   */
  public final B maxSize(long bytes) {
    calls.maxSize(bytes);
    return self();
  }

  /**
   * Trusts these authorities, rather than those of the JDK.
   *
   * @param pem a file of certificates, which is read now, and again for each handshake
   * @throws SettingsException if it cannot be read, or holds none; the message names the file
   */
  public final B authorities(Path pem) {
    calls.authorities(Authorities.of(pem));
    return self();
  }
}

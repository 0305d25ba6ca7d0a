package io.lbtk.discovery.http;

import io.lbtk.api.SettingsException;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.core.tls.Authorities;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Base class for builders of refreshers that poll a URL.
 *
 * @param <B> the type of the builder
 */
public abstract class UrlBuilder<B extends UrlBuilder<B>> extends PolledRefresher.Builder<B> {

  private final URI url;
  private final HttpCalls.Builder calls = HttpCalls.builder();
  private Duration timeout = HttpOptions.TIMEOUT.defaultValue().orElseThrow();

  /**
   * Creates a builder.
   *
   * @param type the default name in the log
   * @param url the URL
   * @throws IllegalArgumentException if the URL is not http or https, has no host, or has a user
   */
  protected UrlBuilder(String type, URI url) {
    super(type);
    if (!HttpCalls.isUrl(url)) {
      throw new IllegalArgumentException(
          "%s (expected: %s)".formatted(HttpCalls.shown(url), HttpCalls.EXPECTED));
    }
    this.url = url;
  }

  /** Returns the URL. */
  protected final URI url() {
    return url;
  }

  /** Returns the timeout of a response. */
  protected final Duration timeout() {
    return timeout;
  }

  /** Returns a client with the headers and limits of this builder; the source closes it. */
  protected final HttpCalls calls() {
    return calls.build();
  }

  /**
   * Adds a header to every request.
   *
   * @throws IllegalArgumentException if the header is invalid
   */
  public final B header(String name, String value) {
    return header(name, () -> value);
  }

  /**
   * Adds a header to every request, whose value may change.
   *
   * @param name the name of the header
   * @param value called for each request
   * @throws IllegalArgumentException if the header is invalid now
   */
  public final B header(String name, Supplier<String> value) {
    calls.header(name, value);
    return self();
  }

  /**
   * Sets the timeout of a response, to its last byte; 10 seconds by default.
   *
   * @throws IllegalArgumentException if the timeout is not positive
   */
  public final B timeout(Duration timeout) {
    this.timeout = positive("timeout", timeout);
    return self();
  }

  /**
   * Sets the largest size of a response in bytes; 64 MiB by default. A larger one is refused.
   *
   * @throws IllegalArgumentException if the size is not 1 byte to 1 GiB
   */
  public final B maxSize(long bytes) {
    calls.maxSize(bytes);
    return self();
  }

  /**
   * Sets the trusted authorities, instead of those of the JDK.
   *
   * @param pem a file of certificates, which is read now, and again for each handshake
   * @throws SettingsException if it cannot be read, or has none; the message names the file
   */
  public final B authorities(Path pem) {
    calls.authorities(Authorities.of(pem));
    return self();
  }
}

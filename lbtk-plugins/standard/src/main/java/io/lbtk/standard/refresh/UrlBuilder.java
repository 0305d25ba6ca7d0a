package io.lbtk.standard.refresh;

import io.lbtk.api.SettingsException;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.core.tls.Authorities;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the builders of refreshers that ask a URL have in common.
 *
 * @param <B> the builder
 */
abstract class UrlBuilder<B extends UrlBuilder<B>> extends PolledRefresher.Builder<B> {

  private final URI url;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private Duration timeout = HttpOptions.TIMEOUT.defaultValue().orElseThrow();
  private long maxSize = FileRefresherProvider.MAX_SIZE.defaultValue().orElseThrow();
  private @Nullable Authorities authorities;

  /**
   * A builder.
   *
   * @param type the name in the log, unless another is given
   * @throws IllegalArgumentException if the URL is none of http or https, has no host, or a user
   */
  UrlBuilder(String type, URI url) {
    super(type);
    if (!HttpOptions.isUrl(url)) {
      throw new IllegalArgumentException(
          "%s (expected: http://host/path or https://host/path, without a user)"
              .formatted(HttpSource.shown(url)));
    }
    this.url = url;
  }

  /** The URL. */
  final URI url() {
    return url;
  }

  /**
   * Sends a header with every request.
   *
   * @throws IllegalArgumentException if it cannot be one
   */
  public final B header(String name, String value) {
    HttpSource.checkHeader(name, value);
    headers.put(name, value);
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
    this.maxSize = FileRefresherProvider.checkedSize(bytes);
    return self();
  }

  /**
   * Trusts these authorities, rather than those of the JDK.
   *
   * @param pem a file of certificates, which is read now
   * @throws SettingsException if it cannot be read, or holds none; the message names the file
   */
  public final B authorities(Path pem) {
    this.authorities = Authorities.of(pem);
    return self();
  }

  /** What reads the answers of a URL. */
  final PolledRefresher.Source source(URI asked, DocumentReader reader) {
    return new HttpSource(asked, headers, timeout, maxSize, reader, authorities);
  }
}

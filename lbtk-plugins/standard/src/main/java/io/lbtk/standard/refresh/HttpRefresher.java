package io.lbtk.standard.refresh;

import io.lbtk.core.refresh.PolledRefresher;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Targets that a URL answers with: as text or JSON, as they stand in a file, or in any JSON that
 * has an array of them.
 *
 * <pre>{@code
 * Refresher refresher =
 *     HttpRefresher.builder(URI.create("https://inventory.example/web"))
 *         .header("Authorization", "Bearer …")
 *         .build();
 * }</pre>
 *
 * <p>It is asked again every interval, with the entity tag of the last answer (RFC 9110, section
 * 13.1.2). An answer counts if it is 200, and whole within the limits of size and time.
 * Redirections are not followed: headers with secrets go to this URL alone.
 */
public final class HttpRefresher {

  private HttpRefresher() {}

  /**
   * A builder for what this URL answers.
   *
   * @throws IllegalArgumentException if it is none of http or https, or has no host
   */
  public static Builder builder(URI url) {
    return new Builder(url);
  }

  /** Whether it is a URL that can be asked. */
  static boolean isUrl(URI uri) {
    String scheme = uri.getScheme();
    return ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
        && uri.getHost() != null;
  }

  /** Makes a refresher of a URL. */
  public static final class Builder extends PolledRefresher.Builder<Builder> {

    private final URI url;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private Duration timeout = HttpRefresherProvider.TIMEOUT.defaultValue().orElseThrow();
    private long maxSize = FileRefresherProvider.MAX_SIZE.defaultValue().orElseThrow();
    private ListFormat format = ListFormat.AUTO;
    private @Nullable JsonPaths paths;
    private @Nullable Path authorities;

    private Builder(URI url) {
      super("http");
      if (!isUrl(url)) {
        throw new IllegalArgumentException(
            "%s (expected: http://host/path or https://host/path)".formatted(url));
      }
      this.url = url;
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Sends a header with every request.
     *
     * @throws IllegalArgumentException if it cannot be one
     */
    public Builder header(String name, String value) {
      HttpSource.checkHeader(name, value);
      headers.put(name, value);
      return this;
    }

    /**
     * How long an answer may take, to its last byte; 10 seconds by default.
     *
     * @throws IllegalArgumentException if it is not more than 0
     */
    public Builder timeout(Duration timeout) {
      if (timeout.isZero() || timeout.isNegative()) {
        throw new IllegalArgumentException("timeout %s (expected: more than 0)".formatted(timeout));
      }
      this.timeout = timeout;
      return this;
    }

    /**
     * An answer with more bytes is refused; 64 MiB by default.
     *
     * @throws IllegalArgumentException if it is not 1 byte to 1 GiB
     */
    public Builder maxSize(long bytes) {
      if (bytes < 1 || bytes > FileRefresherProvider.LARGEST) {
        throw new IllegalArgumentException(
            "max-size %d (expected: 1 byte to 1GiB)".formatted(bytes));
      }
      this.maxSize = bytes;
      return this;
    }

    /** How the list is written; told by its first character by default. */
    public Builder format(ListFormat format) {
      this.format = Objects.requireNonNull(format, "format");
      return this;
    }

    /** The answer is JSON of another shape, and this is where the targets stand in it. */
    public Builder paths(JsonPaths paths) {
      this.paths = Objects.requireNonNull(paths, "paths");
      return this;
    }

    /**
     * Trusts these authorities, rather than those of the JDK.
     *
     * @param pem a file of certificates, read when the refresher is built
     */
    public Builder authorities(Path pem) {
      this.authorities = Objects.requireNonNull(pem, "pem");
      return this;
    }

    @Override
    protected PolledRefresher.Source source() {
      String source = HttpSource.shown(url);
      DocumentReader reader =
          paths == null
              ? new ListReader(name(), source, format)
              : new PathsReader(name(), source, paths);
      return new HttpSource(url, headers, timeout, maxSize, reader, authorities);
    }
  }
}

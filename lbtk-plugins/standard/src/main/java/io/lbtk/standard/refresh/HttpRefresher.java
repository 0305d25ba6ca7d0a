package io.lbtk.standard.refresh;

import com.fasterxml.jackson.core.JsonPointer;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.http.HttpCalls;
import io.lbtk.discovery.http.UrlBuilder;
import io.lbtk.discovery.json.TreeReader;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads targets from a URL: a list as text or JSON, as in a file, or any JSON that has an array of
 * targets.
 *
 * <pre>{@code
 * Refresher refresher =
 *     HttpRefresher.builder(URI.create("https://inventory.example/web"))
 *         .header("Authorization", "Bearer …")
 *         .build();
 * }</pre>
 *
 * <p>The URL is polled every interval, with the entity tag of the last response (RFC 9110, section
 * 13.1.2). A response counts if its status is 200 and it is complete within the limits of size and
 * time. Redirects are not followed: headers with secrets go to this URL alone.
 */
public final class HttpRefresher {

  private HttpRefresher() {}

  /**
   * Returns a builder for this URL.
   *
   * @throws IllegalArgumentException if the URL is not http or https, or has no host
   */
  public static Builder builder(URI url) {
    return new Builder(url);
  }

  /** Builds a refresher of a URL. */
  public static final class Builder extends UrlBuilder<Builder> {

    private ListFormat format = ListFormat.AUTO;
    private @Nullable JsonPaths paths;

    private Builder(URI url) {
      super("http", url);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Sets the format of the list; detected from its first character by default. */
    public Builder format(ListFormat format) {
      this.format = Objects.requireNonNull(format, "format");
      return this;
    }

    /** Sets the places of the targets in a response that is JSON of another shape. */
    public Builder paths(JsonPaths paths) {
      this.paths = Objects.requireNonNull(paths, "paths");
      return this;
    }

    @Override
    protected PolledRefresher.Source source() {
      String shown = HttpCalls.shown(url());
      return new HttpSource(
          url(),
          calls(),
          timeout(),
          paths == null
              ? new ListReader(name(), shown, format)
              : new TreeReader(
                  name(), shown, JsonPointer.compile(paths.array()), new EntryAtPaths(paths)));
    }
  }
}

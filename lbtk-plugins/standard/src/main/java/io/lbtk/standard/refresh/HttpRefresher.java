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

  /** Makes a refresher of a URL. */
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

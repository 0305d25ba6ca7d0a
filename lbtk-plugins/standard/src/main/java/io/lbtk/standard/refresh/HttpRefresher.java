package io.lbtk.standard.refresh;

import com.fasterxml.jackson.core.JsonPointer;
import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.api.Target;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.http.HttpCalls;
import io.lbtk.discovery.http.HttpOptions;
import io.lbtk.discovery.http.UrlBuilder;
import io.lbtk.discovery.json.EntryValue;
import io.lbtk.discovery.json.JsonTree;
import io.lbtk.discovery.json.TreeReader;
import java.net.URI;
import java.util.List;
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

  /** Creates a refresher of a URL by {@link HttpRefresher}: {@code type = http}. */
  @AutoService(RefresherProvider.class)
  public static final class Provider implements RefresherProvider {

    static final Option<String> ARRAY =
        pointer("array", "JSON pointer to the array of targets; the whole document by default.");

    static final Option<String> HOST =
        pointer("host", "JSON pointer to the host of a target; /host by default.");

    static final Option<String> PORT =
        Option.string("port")
            .check(
                port -> JsonPaths.isPointer(port) || JsonPaths.isPort(port),
                "a JSON pointer such as /port, or a port")
            .doc("JSON pointer to the port of a target, or the port of all; /port by default.");

    static final Option<String> ADDRESS =
        pointer("address", "JSON pointer to the host:port of a target, instead of host and port.");

    static final Option<String> WEIGHT =
        pointer("weight", "JSON pointer to the weight of a target.");

    /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
    public Provider() {}

    private static Option<String> pointer(String name, String doc) {
      return Option.string(name)
          .check(JsonPaths::isPointer, "a JSON pointer such as /nodes/0")
          .doc(doc);
    }

    @Override
    public String name() {
      return "http";
    }

    @Override
    public List<Option<?>> options() {
      return HttpOptions.and(
          HttpOptions.INTERVAL, ListReader.FORMAT, ARRAY, HOST, PORT, ADDRESS, WEIGHT);
    }

    @Override
    public String doc() {
      return "Targets in the response of a URL: a list as in a file, or any JSON by pointers.";
    }

    @Override
    public Refresher create(Settings settings, Context context) {
      Builder builder =
          HttpOptions.apply(settings, context, HttpRefresher.builder(settings.get(HttpOptions.URL)))
              .interval(settings.get(HttpOptions.INTERVAL))
              .format(settings.get(ListReader.FORMAT));
      if (List.of(ARRAY, HOST, PORT, ADDRESS, WEIGHT).stream().anyMatch(settings::isSet)) {
        builder.paths(paths(settings, context));
      }
      return builder.build();
    }

    private static JsonPaths paths(Settings settings, Context context) {
      if (settings.isSet(ADDRESS) && (settings.isSet(HOST) || settings.isSet(PORT))) {
        throw new SettingsException(
            context.name() + ": address and host or port (expected: address, or host and port)");
      }
      if (settings.isSet(ListReader.FORMAT)) {
        throw new SettingsException(
            context.name() + ": format and JSON pointers (expected: only one of them)");
      }
      return new JsonPaths(
          settings.find(ARRAY).orElse(""),
          settings.find(HOST).orElse("/host"),
          settings.find(PORT).orElse("/port"),
          settings.find(ADDRESS).orElse(null),
          settings.find(WEIGHT).orElse(null));
    }
  }

  /** Reads the target of an entry by {@link JsonPaths}. */
  static final class EntryAtPaths implements TreeReader.EntryReader {

    private final JsonPointer host;
    private final @Nullable JsonPointer port;
    private final int fixedPort;
    private final @Nullable JsonPointer address;
    private final @Nullable JsonPointer weight;

    EntryAtPaths(JsonPaths paths) {
      this.host = JsonPointer.compile(paths.host());
      this.fixedPort = JsonPaths.isPort(paths.port()) ? Integer.parseInt(paths.port()) : 0;
      this.port = JsonPaths.isPort(paths.port()) ? null : JsonPointer.compile(paths.port());
      this.address = paths.address() == null ? null : JsonPointer.compile(paths.address());
      this.weight = paths.weight() == null ? null : JsonPointer.compile(paths.weight());
    }

    @Override
    public Target read(@Nullable Object entry) {
      Target plain =
          address == null
              ? Target.of(text("host", entry, host), port(entry))
              : Target.parse(text("address", entry, address));
      Object heavy = weight == null ? null : JsonTree.at(entry, weight);
      return heavy == null ? plain : plain.withWeight(EntryValue.weight("weight", heavy));
    }

    private int port(@Nullable Object entry) {
      return port == null ? fixedPort : EntryValue.port("port", at("port", entry, port));
    }

    private static String text(String what, @Nullable Object entry, JsonPointer pointer) {
      return EntryValue.text(what, at(what, entry, pointer));
    }

    private static Object at(String what, @Nullable Object entry, JsonPointer pointer) {
      Object found = JsonTree.at(entry, pointer);
      if (found == null) {
        throw new IllegalArgumentException(
            "no %s (expected: one at \"%s\")".formatted(what, pointer));
      }
      return found;
    }
  }
}

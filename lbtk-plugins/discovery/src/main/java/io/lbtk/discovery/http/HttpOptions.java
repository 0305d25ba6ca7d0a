package io.lbtk.discovery.http;

import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Options of plugins that call a URL. */
public final class HttpOptions {

  /** The URL. */
  public static final Option<URI> URL =
      Option.uri("url", "http://127.0.0.1:8500")
          .check(HttpCalls::isUrl, HttpCalls.EXPECTED)
          .required()
          .position(0)
          .doc("URL of the server.");

  /** The interval of a refresher that polls; not part of {@link #and}. */
  public static final Option<Duration> INTERVAL =
      Option.duration("interval")
          .orElse(Duration.ofSeconds(5))
          .check(interval -> !interval.isZero(), "more than 0")
          .doc("Time between two requests.");

  /** The timeout of a whole response. */
  public static final Option<Duration> TIMEOUT =
      Option.duration("timeout")
          .orElse(Duration.ofSeconds(10))
          .check(timeout -> !timeout.isZero(), "more than 0")
          .doc("Time after which a request fails, to the last byte of the response.");

  /** Headers for every request. */
  public static final Option<Map<String, String>> HEADER =
      Option.map("header").secret().doc("Header of every request: header.authorization.");

  /** The trusted certificate authorities. */
  public static final Option<Path> CA =
      Option.path("ca").doc("PEM file of trusted authorities, instead of those of the JDK.");

  /** The largest response. */
  public static final Option<Long> MAX_SIZE =
      Option.size("max-size")
          .orElse(64L << 20)
          .check(size -> size >= 1 && size <= HttpCalls.LARGEST, "1 to 1GiB")
          .doc("Largest size of a response; a larger one is refused.");

  private static final List<Option<?>> ALL = List.of(URL, TIMEOUT, HEADER, CA, MAX_SIZE);

  private HttpOptions() {}

  /** Returns these options, followed by those of one plugin. */
  public static List<Option<?>> and(Option<?>... others) {
    List<Option<?>> all = new ArrayList<>(ALL);
    all.addAll(List.of(others));
    return List.copyOf(all);
  }

  /**
   * Sets the options of a builder.
   *
   * @throws SettingsException if a header is invalid, or the authorities cannot be read
   */
  public static <B extends UrlBuilder<B>> B apply(Settings settings, Context context, B builder) {
    builder
        .name(context.name())
        .scheduler(context.scheduler())
        .ticker(context.ticker())
        .timeout(settings.get(TIMEOUT))
        .maxSize(settings.get(MAX_SIZE));
    apply(settings, context, builder::header, builder::authorities);
    return builder;
  }

  /**
   * Sets the headers and the authorities of a caller that is not a refresher.
   *
   * @param header takes a name and a supplier of the value for each request
   * @param authorities takes a PEM file
   * @throws SettingsException if a header is invalid, or the authorities cannot be read
   */
  public static void apply(
      Settings settings,
      Context context,
      BiConsumer<String, Supplier<String>> header,
      Consumer<Path> authorities) {
    try {
      settings.find(CA).ifPresent(authorities);
      Supplier<Optional<Map<String, String>>> current = settings.current(HEADER);
      settings
          .get(HEADER)
          .forEach(
              (name, first) ->
                  header.accept(
                      name, () -> current.get().orElse(Map.of()).getOrDefault(name, first)));
    } catch (SettingsException e) {
      throw new SettingsException("%s: ca: %s".formatted(context.name(), e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw new SettingsException("%s: %s".formatted(context.name(), e.getMessage()));
    }
  }
}

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

/** The options of whatever asks a URL, and how they are read. */
public final class HttpOptions {

  /** Where to ask. */
  public static final Option<URI> URL =
      Option.uri("url", "http://127.0.0.1:8500")
          .check(HttpCalls::isUrl, HttpCalls.EXPECTED)
          .required()
          .position(0)
          .doc("Where to ask.");

  /** How often a refresher that polls asks; not one of {@link #and}. */
  public static final Option<Duration> INTERVAL =
      Option.duration("interval")
          .orElse(Duration.ofSeconds(5))
          .check(interval -> !interval.isZero(), "more than 0")
          .doc("How often it is asked.");

  /** How long a whole answer may take. */
  public static final Option<Duration> TIMEOUT =
      Option.duration("timeout")
          .orElse(Duration.ofSeconds(10))
          .check(timeout -> !timeout.isZero(), "more than 0")
          .doc("How long a whole answer may take.");

  /** Headers for every request. */
  public static final Option<Map<String, String>> HEADER =
      Option.map("header").secret().doc("A header for every request: header.authorization.");

  /** Whom to trust. */
  public static final Option<Path> CA =
      Option.path("ca").doc("A PEM file of authorities to trust, rather than those of the JDK.");

  /** The largest answer. */
  public static final Option<Long> MAX_SIZE =
      Option.size("max-size")
          .orElse(64L << 20)
          .check(size -> size >= 1 && size <= HttpCalls.LARGEST, "1 to 1GiB")
          .doc("A larger answer is not read.");

  private static final List<Option<?>> ALL = List.of(URL, TIMEOUT, HEADER, CA, MAX_SIZE);

  private HttpOptions() {}

  /** These, and those of one type. */
  public static List<Option<?>> and(Option<?>... others) {
    List<Option<?>> all = new ArrayList<>(ALL);
    all.addAll(List.of(others));
    return List.copyOf(all);
  }

  /**
   * Gives a builder what the settings say.
   *
   * @throws SettingsException if a header cannot be one, or the authorities cannot be read
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
   * Gives what asks a URL, and is no refresher, the headers and the authorities of the settings.
   *
   * @param header takes a name, and what gives its value with each request
   * @param authorities takes a PEM file
   * @throws SettingsException if a header cannot be one, or the authorities cannot be read
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

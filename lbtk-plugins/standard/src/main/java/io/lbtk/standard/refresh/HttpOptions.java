package io.lbtk.standard.refresh;

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

/** The options of every refresher that asks a URL, and how they are read. */
final class HttpOptions {

  static final Option<URI> URL =
      Option.uri("url")
          .check(HttpOptions::isUrl, "http://host/path or https://host/path, without a user")
          .required()
          .position(0)
          .doc("Where to ask.");

  static final Option<Duration> INTERVAL =
      Option.duration("interval")
          .orElse(Duration.ofSeconds(5))
          .check(interval -> !interval.isZero(), "more than 0")
          .doc("How often it is asked.");

  static final Option<Duration> TIMEOUT =
      Option.duration("timeout")
          .orElse(Duration.ofSeconds(10))
          .check(timeout -> !timeout.isZero(), "more than 0")
          .doc("How long a whole answer may take.");

  static final Option<Map<String, String>> HEADER =
      Option.map("header").secret().doc("A header for every request: header.authorization.");

  static final Option<Path> CA =
      Option.path("ca").doc("A PEM file of authorities to trust, rather than those of the JDK.");

  private static final List<Option<?>> ALL =
      List.of(URL, INTERVAL, TIMEOUT, HEADER, CA, FileRefresherProvider.MAX_SIZE);

  private HttpOptions() {}

  /** Whether it is a URL that can be asked. */
  static boolean isUrl(URI uri) {
    String scheme = uri.getScheme();
    return ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
        && uri.getHost() != null
        && uri.getUserInfo() == null;
  }

  /** These, and those of one type. */
  static List<Option<?>> and(Option<?>... others) {
    List<Option<?>> all = new ArrayList<>(ALL);
    all.addAll(List.of(others));
    return List.copyOf(all);
  }

  /**
   * Gives a builder what the settings say.
   *
   * @throws SettingsException if a header cannot be one, or the authorities cannot be read
   */
  static <B extends UrlBuilder<B>> B apply(Settings settings, Context context, B builder) {
    builder
        .name(context.name())
        .scheduler(context.scheduler())
        .ticker(context.ticker())
        .interval(settings.get(INTERVAL))
        .timeout(settings.get(TIMEOUT))
        .maxSize(settings.get(FileRefresherProvider.MAX_SIZE));
    try {
      settings.find(CA).ifPresent(builder::authorities);
      settings.get(HEADER).forEach(builder::header);
    } catch (SettingsException e) {
      throw new SettingsException("%s: ca: %s".formatted(context.name(), e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw new SettingsException("%s: %s".formatted(context.name(), e.getMessage()));
    }
    return builder;
  }
}

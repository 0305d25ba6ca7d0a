package io.lbtk.launcher;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.lbtk.api.PrintableText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Configures Logback to write to standard error, at the level of the environment variable {@code
 * LBTK_LOG}: {@code error}, {@code warn}, {@code info} (the default), {@code debug} or {@code
 * trace}. Found by Logback as a service.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {

  private static final String VARIABLE = "LBTK_LOG";
  private static final String OWN = "io.lbtk";

  /** Creates the configurator. Called by {@link java.util.ServiceLoader}. */
  public LogSetup() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    Logger own = context.getLogger(OWN);
    LineLayout layout = new LineLayout(own::isDebugEnabled);
    layout.setContext(context);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setLayout(layout);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();

    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(Level.INFO);
    // Netty warns if there is no network card to derive an id from, which is harmless.
    context.getLogger("io.netty.util.internal.MacAddressUtil").setLevel(Level.ERROR);
    // Lost connections are logged by the part that has lost one.
    context.getLogger("org.apache.zookeeper").setLevel(Level.OFF);
    context.getLogger("org.apache.curator").setLevel(Level.OFF);
    context.getLogger("io.lettuce.core").setLevel(Level.OFF);
    String wanted = System.getenv(VARIABLE);
    if (wanted != null && !wanted.isBlank()) {
      setLevel(root, own, wanted.strip());
    }
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static void setLevel(Logger root, Logger own, String wanted) {
    switch (wanted.toLowerCase(Locale.ROOT)) {
      case "error", "warn", "info" -> root.setLevel(Level.toLevel(wanted));
      case "debug" -> own.setLevel(Level.DEBUG);
      case "trace" -> {
        own.setLevel(Level.TRACE);
        root.setLevel(Level.DEBUG);
      }
      default ->
          own.warn("{} = {} (expected: one of error, warn, info, debug, trace)", VARIABLE, wanted);
    }
  }

  /** Switches to debug level and stack traces. */
  static void debug() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(OWN).setLevel(Level.DEBUG);
  }

  /**
   * Formats an event as one line: time, level and message, which begins with the part concerned.
   * Control characters in the message are replaced. An exception is shown as type and message at
   * the end of the line, with a stack trace only in debug mode.
   */
  static final class LineLayout extends LayoutBase<ILoggingEvent> {

    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx", Locale.ROOT);

    private final BooleanSupplier stackTraces;
    private final ZoneId zone = ZoneId.systemDefault();

    LineLayout(BooleanSupplier stackTraces) {
      this.stackTraces = stackTraces;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
      StringBuilder line = new StringBuilder(160);
      TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()).atZone(zone), line);
      line.append(' ').append(event.getLevel().levelStr);
      line.append(" ".repeat(Math.max(1, 6 - event.getLevel().levelStr.length())));
      if (!event.getLoggerName().startsWith("io.lbtk.")) {
        line.append(event.getLoggerName()).append(": ");
      }
      line.append(PrintableText.of(event.getFormattedMessage()));
      IThrowableProxy thrown = event.getThrowableProxy();
      if (thrown != null) {
        if (stackTraces.getAsBoolean()) {
          line.append('\n').append(ThrowableProxyUtil.asString(thrown));
        } else {
          line.append(" (").append(PrintableText.of(words(thrown))).append(')');
        }
      }
      return line.append('\n').toString();
    }

    private static String words(IThrowableProxy thrown) {
      String type = thrown.getClassName().substring(thrown.getClassName().lastIndexOf('.') + 1);
      return thrown.getMessage() == null ? type : type + ": " + thrown.getMessage();
    }
  }

  /**
   * Provides Logback to SLF4J with the setup of lbtk. Logback's own provider looks for
   * configuration files first and records status messages, which takes a tenth of the startup time
   * of a proxy.
   */
  public static final class Provider implements SLF4JServiceProvider {

    private final LoggerContext context = new LoggerContext();
    private final LogbackMDCAdapter mdc = new LogbackMDCAdapter();
    private final IMarkerFactory markers = new BasicMarkerFactory();

    /** Creates the provider. Called by SLF4J. */
    public Provider() {}

    /** Selects this provider. Must be called before the first logger is created. */
    static void use() {
      System.setProperty("slf4j.internal.verbosity", "WARN"); // it would report the provider
      System.setProperty(LoggerFactory.PROVIDER_PROPERTY_KEY, Provider.class.getName());
    }

    @Override
    public void initialize() {
      context.setMDCAdapter(mdc);
      new LogSetup().configure(context);
      context.start();
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
      return context;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
      return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
      return mdc;
    }

    @Override
    public String getRequestedApiVersion() {
      return "2.0.99";
    }
  }
}

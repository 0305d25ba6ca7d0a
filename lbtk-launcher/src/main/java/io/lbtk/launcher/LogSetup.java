package io.lbtk.launcher;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/**
 * Sends the log to the standard error, at the level that the environment variable {@code LBTK_LOG}
 * names: {@code error}, {@code warn}, {@code info} (the default), {@code debug} or {@code trace}.
 * Found by Logback.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {

  private static final String VARIABLE = "LBTK_LOG";
  private static final String OWN = "io.lbtk";

  /** For ServiceLoader. */
  public LogSetup() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    Logger own = context.getLogger(OWN);
    LogLayout layout = new LogLayout(own::isDebugEnabled);
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
    // Netty looks for a network card to make up an id from, and a machine with none may well run.
    context.getLogger("io.netty.util.internal.MacAddressUtil").setLevel(Level.ERROR);
    // What these say of lost connections is said by the part that has lost one.
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

  /** Says more from now on: what lbtk does, and stack traces. */
  static void debug() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(OWN).setLevel(Level.DEBUG);
  }
}

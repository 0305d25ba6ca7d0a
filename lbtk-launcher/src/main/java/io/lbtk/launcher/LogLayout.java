package io.lbtk.launcher;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/**
 * One line for each event: time, level, and the message, which begins with the part that it is
 * about. Whatever others put into a message, it stays one line without control characters. What was
 * thrown is a few words at its end, and a stack trace only if asked for.
 */
final class LogLayout extends LayoutBase<ILoggingEvent> {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx", Locale.ROOT);

  private final BooleanSupplier stackTraces;
  private final ZoneId zone = ZoneId.systemDefault();

  LogLayout(BooleanSupplier stackTraces) {
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
    line.append(printable(event.getFormattedMessage()));
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      if (stackTraces.getAsBoolean()) {
        line.append('\n').append(ThrowableProxyUtil.asString(thrown));
      } else {
        line.append(" (").append(printable(words(thrown))).append(')');
      }
    }
    return line.append('\n').toString();
  }

  private static String words(IThrowableProxy thrown) {
    String type = thrown.getClassName().substring(thrown.getClassName().lastIndexOf('.') + 1);
    return thrown.getMessage() == null ? type : type + ": " + thrown.getMessage();
  }

  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}

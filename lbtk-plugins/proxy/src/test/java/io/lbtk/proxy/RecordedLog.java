package io.lbtk.proxy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Records what is logged by the package of a class and the packages in it. */
final class RecordedLog implements AutoCloseable {

  private final ListAppender<ILoggingEvent> events = new ListAppender<>();
  private final Logger logger;

  RecordedLog(Class<?> owner) {
    logger = (Logger) LoggerFactory.getLogger(owner.getPackageName());
    events.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(events);
  }

  /** The warnings. */
  List<String> lines() {
    return lines(Level.WARN);
  }

  /** What is of interest when all goes well, too. */
  List<String> allLines() {
    return lines(Level.INFO);
  }

  private List<String> lines(Level least) {
    return List.copyOf(events.list).stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(least))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Override
  public void close() {
    logger.detachAppender(events);
    logger.setLevel(null);
  }
}

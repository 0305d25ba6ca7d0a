package io.lbtk.core.plugin;

import java.util.ServiceConfigurationError;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in a sentence why a plugin cannot be loaded. */
final class PluginFault {

  private static final Pattern CLASS_OF_ERROR =
      Pattern.compile("[\\w.]+: (?:Provider |class )?([\\w$]+(?:\\.[\\w$]+)+) .*");
  private static final Pattern COMPILED_FOR =
      Pattern.compile("([\\w/$]+) has been compiled .*?class file version (\\d+)\\.\\d+.*");

  private PluginFault() {}

  static String sentence(Throwable fault, PluginKind<?> kind) {
    Throwable cause = fault.getCause() == null ? fault : fault.getCause();
    String named = namedClass(fault);
    String plugin = named.isEmpty() ? "the plugin" : named;
    if (cause instanceof UnsupportedClassVersionError) {
      return newerJava(String.valueOf(cause.getMessage()));
    }
    if (cause instanceof NoClassDefFoundError || cause instanceof ClassNotFoundException) {
      return "%s needs class %s, which is not there (expected: in its jar, or in another jar of the same folder)"
          .formatted(plugin, String.valueOf(cause.getMessage()).replace('/', '.'));
    }
    if (cause instanceof NoSuchMethodException) {
      return plugin + " has no public constructor without parameters";
    }
    if (cause instanceof IllegalAccessException) {
      return plugin + " is not public, or its constructor is not";
    }
    if (cause instanceof InstantiationException) {
      return plugin + " is abstract (expected: a class that can be made)";
    }
    if (cause instanceof IncompatibleClassChangeError) {
      return "%s does not fit this version of lbtk: %s".formatted(plugin, cause.getMessage());
    }
    if (cause == fault && !named.isEmpty()) {
      return ofTheService(named, fault, kind);
    }
    return "%s fails while it is loaded: %s".formatted(plugin, words(cause));
  }

  private static String ofTheService(String named, Throwable fault, PluginKind<?> kind) {
    String message = String.valueOf(fault.getMessage());
    if (message.endsWith("not found")) {
      return "class %s is not there, though %s names it".formatted(named, kind.resource());
    }
    if (message.endsWith("not a subtype")) {
      return "%s does not implement %s".formatted(named, kind.type().getName());
    }
    return message;
  }

  private static String newerJava(String message) {
    Matcher matcher = COMPILED_FOR.matcher(message);
    if (!matcher.matches()) {
      return message;
    }
    return "%s is compiled for Java %d (expected: for Java %d or older, which runs here)"
        .formatted(
            matcher.group(1).replace('/', '.'),
            Integer.parseInt(matcher.group(2)) - 44,
            Runtime.version().feature());
  }

  private static String namedClass(Throwable fault) {
    if (!(fault instanceof ServiceConfigurationError)) {
      return "";
    }
    Matcher matcher = CLASS_OF_ERROR.matcher(String.valueOf(fault.getMessage()));
    return matcher.matches() ? matcher.group(1) : "";
  }

  private static String words(Throwable fault) {
    return fault.getMessage() == null
        ? fault.getClass().getSimpleName()
        : "%s: %s".formatted(fault.getClass().getSimpleName(), fault.getMessage());
  }
}

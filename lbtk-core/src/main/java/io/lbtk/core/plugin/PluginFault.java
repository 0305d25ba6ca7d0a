package io.lbtk.core.plugin;

import java.util.Collection;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Describes in a sentence why a plugin cannot be loaded. */
final class PluginFault {

  private static final Pattern CLASS_OF_ERROR =
      Pattern.compile("[\\w.]+: (?:Provider |class )?([\\w$]+(?:\\.[\\w$]+)+) .*");
  private static final Pattern COMPILED_FOR =
      Pattern.compile("([\\w/$]+) has been compiled .*?class file version (\\d+)\\.\\d+.*");

  private static final Pattern CLASS_NAME = Pattern.compile("[\\w/.$]+");

  private PluginFault() {}

  /** Describes what a call of a plugin's code threw, after a colon. */
  static String ofCall(Throwable fault) {
    String message = String.valueOf(fault.getMessage());
    if (fault instanceof NoClassDefFoundError && CLASS_NAME.matcher(message).matches()) {
      return missingClass(message);
    }
    return fault.toString();
  }

  /** Describes a class that the plugin refers to and that its class loader does not find. */
  static String missingClass(String name) {
    return missingClasses(Set.of(name));
  }

  /** Describes classes as {@link #missingClass} does; at most three of them are named. */
  static String missingClasses(Collection<String> names) {
    List<String> shown = names.stream().limit(3).map(name -> name.replace('/', '.')).toList();
    String more = names.size() > 3 ? " and %d more".formatted(names.size() - 3) : "";
    return "needs %s %s%s, which %s not there (expected: in its jar, or in another jar of the same folder)"
        .formatted(
            names.size() == 1 ? "class" : "classes",
            String.join(", ", shown),
            more,
            names.size() == 1 ? "is" : "are");
  }

  static String sentence(Throwable fault, PluginKind<?> kind) {
    Throwable cause = fault.getCause() == null ? fault : fault.getCause();
    String named = namedClass(fault);
    String plugin = named.isEmpty() ? "the plugin" : named;
    if (cause instanceof UnsupportedClassVersionError) {
      return newerJava(String.valueOf(cause.getMessage()));
    }
    if (cause instanceof NoClassDefFoundError || cause instanceof ClassNotFoundException) {
      return "%s %s".formatted(plugin, missingClass(String.valueOf(cause.getMessage())));
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

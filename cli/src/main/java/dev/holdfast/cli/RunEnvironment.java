package dev.holdfast.cli;

import dev.holdfast.isolator.Identity;
import dev.holdfast.isolator.Policy;
import dev.holdfast.linux.ByteText;
import dev.holdfast.linux.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The environment of a run, made from nothing: a few variables that every program expects, then
/// those of the files, then those given one by one.
record RunEnvironment(Optional<Identity> identity, List<String> files, List<String> settings) {
  Map<String, String> variables() {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("PATH", Policy.SEARCH_PATH);
    variables.put("HOME", identity.flatMap(Identity::home).orElse(ownHome()));
    String user = identity.isEmpty() ? "root" : identity.get().name().orElse("");
    if (!user.isEmpty()) {
      variables.put("USER", user);
      variables.put("LOGNAME", user);
    }
    identity.flatMap(Identity::shell).ifPresent(shell -> variables.put("SHELL", shell));
    String terminal = System.getenv("TERM");
    if (terminal != null && (Terminal.isTerminal(0) || Terminal.isTerminal(1))) {
      variables.put("TERM", terminal);
    }
    variables.putAll(named(files, settings));
    return variables;
  }

  /// Only what the user named.
  static Map<String, String> named(List<String> files, List<String> settings) {
    Map<String, String> variables = new LinkedHashMap<>();
    files.forEach(file -> addFile(file, variables));
    settings.forEach(setting -> add("--env", setting, variables));
    return variables;
  }

  private String ownHome() {
    return identity.isEmpty() ? System.getProperty("user.home") : "/";
  }

  /// Lines `K=V` or `K`; empty ones and those that begin with `#` are passed over, as docker does.
  private static void addFile(String file, Map<String, String> variables) {
    try {
      for (String line : ByteText.decode(Files.readAllBytes(Path.of(file))).split("\\R", -1)) {
        if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
          add("--env-file " + file, line.stripLeading(), variables);
        }
      }
    } catch (IOException e) {
      throw new UsageException("--env-file: cannot read " + file + ": " + reason(e), e);
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.NoSuchFileException _ -> "no such file";
      case java.nio.file.AccessDeniedException _ -> "permission denied";
      default -> String.valueOf(e.getMessage());
    };
  }

  private static void add(String option, String setting, Map<String, String> variables) {
    int equals = setting.indexOf('=');
    if (setting.isEmpty() || equals == 0) {
      throw new UsageException(option + ": '" + setting + "' is not K=V or K");
    }
    if (equals > 0) {
      variables.put(setting.substring(0, equals), setting.substring(equals + 1));
      return;
    }
    String inherited = CommandLineWords.variable(setting);
    if (inherited != null) {
      variables.put(setting, inherited);
    }
  }
}

package dev.holdfast.agent.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The value of each flag, and where it comes from: the command line beats the environment, that
/// beats the file, that beats the default. In the environment Mesos' variable is for where ours is
/// not set.
final class Settings {
  private final Map<Flag, Setting> settings = new EnumMap<>(Flag.class);
  private final List<String> idle = new ArrayList<>();

  /// @param source for messages: `--work-dir`, `HOLDFAST_WORK_DIR`, `agent.conf:3: work-dir`
  private record Setting(String value, String source) {}

  /// @param options of the command line
  /// @param idle those of the command line that set nothing
  /// @param environment all of it
  static Settings of(
      Map<Flag, String> options, List<String> idle, Map<String, String> environment) {
    Settings settings = new Settings();
    settings.idle.addAll(idle);
    settings.idle.addAll(IdleFlag.variables(environment.keySet()));
    for (Flag flag : Flag.values()) {
      String option = options.get(flag);
      if (option != null) {
        settings.put(flag, option, flag.option());
      }
      for (String variable : flag.variables()) {
        String value = environment.get(variable);
        if (value != null) {
          settings.settings.putIfAbsent(flag, new Setting(value, variable));
        }
      }
    }
    if (settings.isSet(Flag.CONFIG)) {
      settings.addFile(Path.of(settings.text(Flag.CONFIG)));
    }
    return settings;
  }

  private void put(Flag flag, String value, String source) {
    settings.put(flag, new Setting(value, source));
  }

  private void addFile(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException | SecurityException e) {
      throw new ConfigException(
          source(Flag.CONFIG) + ": cannot read " + file + ": " + reason(e), e);
    }
    Map<Flag, Setting> found = new EnumMap<>(Flag.class);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        add(line, file + ":" + (i + 1), found);
      }
    }
    found.forEach(settings::putIfAbsent);
  }

  private void add(String line, String place, Map<Flag, Setting> found) {
    int equals = line.indexOf('=');
    if (equals < 1) {
      throw new ConfigException(place + ": '" + line + "' is not 'key = value'");
    }
    String key = line.substring(0, equals).strip();
    if (IdleFlag.of(key).isPresent()) {
      idle.add(place + ": " + key);
      return;
    }
    Flag flag =
        Flag.of(key)
            .filter(it -> it != Flag.CONFIG)
            .orElseThrow(() ->
                new ConfigException(
                    place + ": there is no key '" + key + "': see holdfast agent --help"));
    String value = line.substring(equals + 1).strip();
    if (found.put(flag, new Setting(value, place + ": " + key)) != null) {
      throw new ConfigException(place + ": '" + key + "' is there twice");
    }
  }

  private static String reason(Exception e) {
    return switch (e) {
      case java.nio.file.NoSuchFileException _ -> "no such file";
      case java.nio.file.AccessDeniedException _ -> "permission denied";
      case java.nio.charset.CharacterCodingException _ -> "it is not UTF-8 text";
      default -> String.valueOf(e.getMessage());
    };
  }

  /// What is set and has nothing to set here, as it is written.
  List<String> idle() {
    return List.copyOf(idle);
  }

  /// Whether somebody gives it a value that is not empty.
  boolean isSet(Flag flag) {
    return !text(flag).isEmpty();
  }

  String text(Flag flag) {
    Setting setting = settings.get(flag);
    return setting == null ? flag.fallback() : setting.value();
  }

  private String source(Flag flag) {
    Setting setting = settings.get(flag);
    return setting == null ? flag.option() : setting.source();
  }

  /// @param parser throws [IllegalArgumentException] for what is no such value
  <T> T value(Flag flag, Function<String, T> parser) {
    try {
      return parser.apply(text(flag));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(source(flag) + ": " + e.getMessage(), e);
    }
  }

  boolean isOn(Flag flag) {
    return value(
        flag,
        text ->
            switch (text) {
              case "true", "yes", "on", "1" -> true;
              case "false", "no", "off", "0" -> false;
              default -> throw new IllegalArgumentException("'" + text + "' is not true or false");
            });
  }
}

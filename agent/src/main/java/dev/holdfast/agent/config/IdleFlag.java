package dev.holdfast.agent.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The flags of Mesos' slave 0.14 that have nothing to set here: there is no master, executors do
/// not register, runs are always written down. They are accepted, so that a configuration made for
/// Mesos works, and named once in the log.
enum IdleFlag {
  ATTRIBUTES,
  CHECKPOINT(true),
  DEFAULT_ROLE,
  DISK_WATCH_INTERVAL,
  EXECUTOR_REGISTRATION_TIMEOUT,
  HOSTNAME,
  IP,
  LAUNCHER_DIR,
  LOG_DIR,
  LOGBUFSECS,
  LOGGING_LEVEL,
  MASTER,
  PORT,
  QUIET(true),
  RECOVERY_TIMEOUT;

  private final boolean isSwitch;

  IdleFlag() {
    this(false);
  }

  IdleFlag(boolean isSwitch) {
    this.isSwitch = isSwitch;
  }

  boolean isSwitch() {
    return isSwitch;
  }

  /// `log-dir`.
  String key() {
    return Flag.dashed(name().toLowerCase(Locale.ROOT));
  }

  String variable() {
    return "MESOS_" + name();
  }

  /// @param key with dashes or underscores
  static Optional<IdleFlag> of(String key) {
    return Arrays.stream(values()).filter(flag -> flag.key().equals(Flag.dashed(key))).findAny();
  }

  static String allKeys() {
    return Arrays.stream(values()).map(IdleFlag::key).collect(Collectors.joining(", "));
  }

  /// Those that are set in the environment.
  static List<String> variables(Set<String> environment) {
    return Arrays.stream(values()).map(IdleFlag::variable).filter(environment::contains).toList();
  }
}

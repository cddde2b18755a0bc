package dev.holdfast.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// The options of a call by their names, and how a verb declares them.
record CallOptions(ParseResult call) {
  static void add(CommandSpec spec, String label, String description, String... names) {
    spec.addOption(
        OptionSpec.builder(names)
            .paramLabel(label)
            .type(String.class)
            .description(description)
            .build());
  }

  static void addFlag(CommandSpec spec, String description, String... names) {
    spec.addOption(OptionSpec.builder(names).description(description).build());
  }

  static void addRepeatable(CommandSpec spec, String label, String description, String... names) {
    spec.addOption(
        OptionSpec.builder(names)
            .paramLabel(label)
            .arity("1")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(description + " Repeatable.")
            .build());
  }

  static void addFormat(CommandSpec spec) {
    add(spec, "table|json", "How to print it; table by default.", "--format");
  }

  /// @param arity how many words, as `1` or `0..*`
  static void addIds(CommandSpec spec, String arity) {
    boolean one = arity.equals("1");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel(one ? "ID" : "ID…")
            .hideParamSyntax(true)
            .index(one ? "0" : "0..*")
            .arity(arity)
            .required(!arity.startsWith("0"))
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("A run's UUID, 4 or more of its first characters, or FRAMEWORK/NAME.")
            .build());
  }

  List<String> ids() {
    return call.matchedPositionalValue(0, List.of());
  }

  String id() {
    return ids().getFirst();
  }

  boolean has(String option) {
    return call.hasMatchedOption(option);
  }

  Optional<String> text(String option) {
    return Optional.ofNullable(call.matchedOptionValue(option, null));
  }

  /// @throws UsageException naming the option when `parser` refuses its value
  <T> Optional<T> value(String option, Function<String, T> parser) {
    return text(option).map(text -> parse(option, text, parser));
  }

  static <T> T parse(String option, String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException(option + ": " + e.getMessage(), e);
    }
  }

  List<String> list(String option) {
    return call.matchedOptionValue(option, List.of());
  }

  /// Whether `--format json` was asked for.
  boolean wantsJson() {
    String format = text("--format").orElse("table");
    return switch (format) {
      case "table" -> false;
      case "json" -> true;
      default -> throw new UsageException("--format: '" + format + "' is not table or json");
    };
  }
}
